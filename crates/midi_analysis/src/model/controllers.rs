//! How often each controller is used, and with which values.

/// The values that one controller is set to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ControllerUse {
    /// Control changes.
    pub(crate) count: u32,
    sum: u64,
    pub(crate) min: u8,
    pub(crate) max: u8,
}

impl ControllerUse {
    /// Mean of the values; NaN of none.
    pub(crate) fn mean(&self) -> f64 {
        self.sum as f64 / f64::from(self.count)
    }
}

/// Control changes and pitch bends of a piece, counted while it is read.
#[derive(Clone, Debug)]
pub(crate) struct ControllerTally {
    controllers: [ControllerUse; 128],
    pitch_bends: u32,
}

impl Default for ControllerTally {
    fn default() -> Self {
        Self {
            controllers: [ControllerUse { count: 0, sum: 0, min: u8::MAX, max: 0 }; 128],
            pitch_bends: 0,
        }
    }
}

impl ControllerTally {
    #[inline]
    pub(crate) fn control(&mut self, number: u8, value: u8) {
        let used = &mut self.controllers[usize::from(number & 0x7f)];
        used.count += 1;
        used.sum += u64::from(value);
        used.min = used.min.min(value);
        used.max = used.max.max(value);
    }

    #[inline]
    pub(crate) fn pitch_bend(&mut self) {
        self.pitch_bends += 1;
    }

    /// Pitch bend messages.
    pub(crate) fn pitch_bends(&self) -> u32 {
        self.pitch_bends
    }

    /// The controllers that are used, by number, ascending.
    pub(crate) fn used(&self) -> impl Iterator<Item = (u8, &ControllerUse)> {
        (0..).zip(&self.controllers).filter(|(_, used)| used.count > 0)
    }

    /// The highest value of a controller; 0 where it is not used.
    pub(crate) fn highest(&self, number: u8) -> u8 {
        self.controllers[usize::from(number & 0x7f)].max
    }
}
