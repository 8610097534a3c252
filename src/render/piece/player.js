'use strict';
// Plays the notes of the page with oscillators and noise. Nothing is asked for.
(() => {
  const music = JSON.parse(document.getElementById('music').textContent);
  const play = document.getElementById('play');
  const place = document.getElementById('place');
  const clock = document.getElementById('clock');
  const roll = document.getElementById('roll');
  const picture = roll.querySelector('svg');
  const bars = Array.from(document.querySelectorAll('.bar'));
  const AHEAD = 0.4, MOST_VOICES = 64, DRUMS = 16;

  // [start, length, pitch, velocity, instrument], in seconds.
  const notes = [];
  for (let at = 0, start = 0; at + 4 < music.notes.length; at += 5) {
    start += music.notes[at];
    notes.push([start / 1000, music.notes[at + 1] / 1000, ...music.notes.slice(at + 2, at + 5)]);
  }

  // Wave, seconds until it is loud, and whether it fades as a string that was struck: one for each family of General MIDI.
  const SOUNDS = [
    ['triangle', 0.005, true], ['sine', 0.003, true], ['square', 0.02, false], ['triangle', 0.005, true],
    ['triangle', 0.008, true], ['sawtooth', 0.06, false], ['sawtooth', 0.08, false], ['sawtooth', 0.03, false],
    ['square', 0.03, false], ['sine', 0.04, false], ['square', 0.01, false], ['sine', 0.12, false],
    ['triangle', 0.1, false], ['triangle', 0.005, true], ['sine', 0.003, true], ['sine', 0.05, false],
  ];
  const LOUDNESS = { triangle: 0.34, sine: 0.34, square: 0.11, sawtooth: 0.12 };

  let audio = null, out = null, noise = null;
  let playing = false, next = 0, began = 0, from = 0, timer = 0;
  const sounding = new Set();

  const open = () => {
    audio = new AudioContext();
    out = audio.createDynamicsCompressor();
    const volume = audio.createGain();
    volume.gain.value = 0.6;
    out.connect(volume).connect(audio.destination);
    noise = audio.createBuffer(1, audio.sampleRate, audio.sampleRate);
    const samples = noise.getChannelData(0);
    for (let i = 0; i < samples.length; i++) samples[i] = Math.random() * 2 - 1;
  };

  const now = () => (playing ? Math.min(from + Math.max(audio.currentTime - began, 0), music.length) : from);

  const sound = (source, gain, start, end) => {
    source.connect(gain);
    gain.connect(out);
    source.start(start);
    source.stop(end);
    sounding.add(source);
    source.onended = () => { sounding.delete(source); gain.disconnect(); };
  };

  const strike = (pitch, velocity, start) => {
    const gain = audio.createGain();
    const loud = velocity / 127;
    const low = pitch === 35 || pitch === 36 || (pitch >= 41 && pitch <= 50 && pitch % 2 === 1 && pitch < 49) || pitch === 48 || pitch === 50;
    if (low) {
      const source = audio.createOscillator();
      const top = pitch < 37 ? 140 : 90 + (pitch - 40) * 16;
      source.frequency.setValueAtTime(top, start);
      source.frequency.exponentialRampToValueAtTime(top / 3, start + 0.16);
      gain.gain.setValueAtTime(loud * 0.9, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + 0.22);
      sound(source, gain, start, start + 0.24);
      return;
    }
    const metal = [42, 44, 46, 49, 51, 52, 53, 55, 57, 59].includes(pitch);
    const rings = metal ? (pitch === 42 || pitch === 44 ? 0.06 : pitch === 46 || pitch === 51 || pitch === 53 || pitch === 59 ? 0.3 : 0.9) : 0.16;
    const source = audio.createBufferSource();
    source.buffer = noise;
    const filter = audio.createBiquadFilter();
    filter.type = metal ? 'highpass' : 'bandpass';
    filter.frequency.value = metal ? 7000 : 1800;
    filter.Q.value = 0.7;
    gain.gain.setValueAtTime(loud * (metal ? 0.22 : 0.6), start);
    gain.gain.exponentialRampToValueAtTime(0.001, start + rings);
    source.connect(filter);
    filter.connect(gain);
    gain.connect(out);
    source.start(start);
    source.stop(start + rings);
    sounding.add(source);
    source.onended = () => { sounding.delete(source); gain.disconnect(); };
  };

  const tone = (pitch, velocity, instrument, start, length) => {
    const [wave, attack, fades] = SOUNDS[instrument] || SOUNDS[0];
    const source = audio.createOscillator();
    const gain = audio.createGain();
    const loud = LOUDNESS[wave] * Math.pow(velocity / 127, 1.4);
    const end = start + Math.max(length, 0.06);
    source.type = wave;
    source.frequency.value = 440 * Math.pow(2, (pitch - 69) / 12);
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.linearRampToValueAtTime(loud, start + attack);
    if (fades) gain.gain.setTargetAtTime(loud * 0.15, start + attack, 0.6);
    gain.gain.setTargetAtTime(0, end, 0.03);
    sound(source, gain, start, end + 0.2);
  };

  const schedule = () => {
    const until = now() + AHEAD;
    for (; next < notes.length && notes[next][0] < until; next++) {
      const [start, length, pitch, velocity, instrument] = notes[next];
      if (sounding.size >= MOST_VOICES) continue;
      const at = Math.max(began + start - from, audio.currentTime);
      if (instrument === DRUMS) strike(pitch, velocity, at);
      else tone(pitch, velocity, instrument, at, length);
    }
    show();
    if (now() >= music.length) { halt(); from = 0; show(); }
  };

  const silence = () => {
    for (const source of sounding) source.stop();
    sounding.clear();
  };

  const start = () => {
    if (!audio) open();
    audio.resume();
    if (from > music.length - 0.1) from = 0;
    next = notes.findIndex((note) => note[0] >= from - 0.001);
    if (next < 0) next = notes.length;
    began = audio.currentTime + 0.05;
    playing = true;
    play.textContent = 'Pause';
    play.setAttribute('aria-label', 'Pause');
    timer = setInterval(schedule, 50);
    schedule();
  };

  const halt = () => {
    from = now();
    playing = false;
    clearInterval(timer);
    silence();
    play.textContent = 'Play';
    play.setAttribute('aria-label', 'Play');
  };

  const seek = (second) => {
    const was = playing;
    if (was) halt();
    from = Math.min(Math.max(second, 0), music.length);
    if (was) start();
    show();
  };

  // The line over the roll that shows where the music is.
  const at = (name) => Number(picture.dataset[name]);
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  line.setAttribute('class', 'playhead');
  line.setAttribute('y1', at('top'));
  line.setAttribute('y2', at('bottom'));
  picture.append(line);

  const show = () => {
    const second = now();
    const share = Math.min(Math.max((second - at('from')) / (at('to') - at('from')), 0), 1);
    const x = at('left') + share * (at('right') - at('left'));
    line.setAttribute('x1', x);
    line.setAttribute('x2', x);
    place.value = second;
    const minutes = Math.floor(second / 60);
    clock.textContent = minutes + ':' + (second - 60 * minutes).toFixed(1).padStart(4, '0');
    let current = null;
    for (const bar of bars) {
      if (Number(bar.dataset.from) > second + 0.02) break;
      current = bar;
    }
    for (const bar of bars) bar.classList.toggle('now', playing && bar === current);
    const seen = x - roll.scrollLeft;
    if (playing && (seen > roll.clientWidth * 0.9 || seen < 0)) roll.scrollLeft = x - roll.clientWidth * 0.15;
  };

  play.addEventListener('click', () => (playing ? halt() : start()));
  place.addEventListener('input', () => seek(Number(place.value)));
  picture.addEventListener('click', (event) => {
    const box = picture.getBoundingClientRect();
    const x = (event.clientX - box.left) * picture.viewBox.baseVal.width / box.width;
    seek(at('from') + (x - at('left')) / (at('right') - at('left')) * (at('to') - at('from')));
  });
  for (const bar of bars) bar.addEventListener('click', () => seek(Number(bar.dataset.from)));
  seek(0);
})();
