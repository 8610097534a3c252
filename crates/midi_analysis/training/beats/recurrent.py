"""Gated recurrent units (Cho et al. 2014, in the form of PyTorch) that read a sequence in both directions at once, with
the derivative written out: on a CPU several times as fast as those of PyTorch. Sequences are (onsets, channels, batch)."""

import torch
from torch import nn

# What is added to the update gate of an onset that is none, so that the state stays.
STAY = 30.0


class Recurrence(torch.autograd.Function):
    """States over time, of given inputs (onsets, 2 directions, 3 gates of the units, batch)."""

    @staticmethod
    def forward(context, given, weights, bias):
        onsets, directions, gates, batch = given.shape
        units = gates // 3
        states = given.new_zeros(onsets + 1, directions, units, batch)
        gated = given.new_empty(onsets, directions, 2 * units, batch)
        new = given.new_empty(onsets, directions, units, batch)
        kept = given.new_empty(onsets, directions, gates, batch)
        bias = bias[:, :, None].expand(directions, gates, batch).contiguous()
        last = 2 * units
        of_gates, of_new = given[:, :, :last].unbind(), given[:, :, last:].unbind()
        kept_gates, kept_new = kept[:, :, :last].unbind(), kept[:, :, last:].unbind()
        reset, update = gated[:, :, :units].unbind(), gated[:, :, units:].unbind()
        state, after = states[:-1].unbind(), states[1:].unbind()
        both, fresh, all_kept = gated.unbind(), new.unbind(), kept.unbind()
        for at in range(onsets):
            torch.baddbmm(bias, weights, state[at], out=all_kept[at])
            torch.add(of_gates[at], kept_gates[at], out=both[at]).sigmoid_()
            torch.addcmul(of_new[at], reset[at], kept_new[at], out=fresh[at]).tanh_()
            torch.lerp(fresh[at], state[at], update[at], out=after[at])
        context.save_for_backward(weights, states, gated, new, kept[:, :, last:])
        return states[1:].clone()

    @staticmethod
    def backward(context, out):
        weights, states, gated, new, kept = context.saved_tensors
        onsets, directions, units, batch = new.shape
        reset, update = gated[:, :, :units], gated[:, :, units:]
        before = states[:-1]
        # What a change of the state changes: the new state before its tanh, and what the three gates were given of the states.
        inner = (1 - update) * (1 - new * new)
        of_reset, of_update = inner * kept * reset * (1 - reset), (before - new) * update * (1 - update)
        through = torch.cat([of_reset, of_update, inner * reset], 2)
        through = through.view(onsets, directions, 3, units, batch)
        # The change of each state begins with that of what was put out, and gathers those of later ones.
        changes, of_kept = out.clone(), torch.empty_like(through)
        transposed = weights.transpose(1, 2).contiguous()
        change, spread, parts = changes.unbind(), changes[:, :, None].unbind(), of_kept.unbind()
        passed, stayed = through.unbind(), update.unbind()
        of_kept = of_kept.view(onsets, directions, 3 * units, batch)
        whole = of_kept.unbind()
        for at in range(onsets - 1, 0, -1):
            torch.mul(spread[at], passed[at], out=parts[at])
            change[at - 1].addcmul_(change[at], stayed[at]).baddbmm_(transposed, whole[at])
        torch.mul(spread[0], passed[0], out=parts[0])
        of_given = torch.cat([of_kept[:, :, : 2 * units], changes * inner], 2)
        of_weights = torch.matmul(of_kept, before.transpose(2, 3)).sum(0)
        return of_given, of_weights, of_kept.sum((0, 3))


class Both(nn.Module):
    """A layer of units in both directions."""

    def __init__(self, inputs, units):
        super().__init__()
        wide = units**-0.5

        def drawn(*shape):
            return nn.Parameter((torch.rand(*shape) * 2 - 1) * wide)

        self.inputs, self.input_bias = drawn(2, 3 * units, inputs), drawn(2, 3 * units)
        self.states, self.state_bias = drawn(2, 3 * units, units), drawn(2, 3 * units)

    def forward(self, x, known):
        given = torch.stack([torch.matmul(each, y) for each, y in zip(self.inputs, (x, x.flip(0)))], 1)
        stay = STAY * (1 - torch.stack([known, known.flip(0)], 1))
        reset, update, new = (given + self.input_bias[:, :, None]).chunk(3, 2)
        given = torch.cat([reset, update + stay[:, :, None], new], 2)
        states = Recurrence.apply(given, self.states, self.state_bias)
        return torch.cat([states[:, 0], states[:, 1].flip(0)], 1)
