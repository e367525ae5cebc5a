let audio: AudioContext | null = null;

const TONES = { hard: [880, 660, 880], soft: [660, 660], warning: [520] } as const;
export type Signal = keyof typeof TONES;
/** From the least to the worst. */
export const SIGNALS = ['warning', 'soft', 'hard'] as const;
const TONE_S = 0.12;
/** The loudest that a signal is. */
const GAIN_MAX = 0.12;
/** A burst of alerts is one signal, unless a worse one comes. */
const QUIET_AFTER_S = 2;
let quietUntil = 0;
let lastTones = 0;

/** A short signal: the worse, the more tones. Silent where the browser has no sound yet. */
export function beep(severity: Signal, volumePercent: number): void {
  if (volumePercent <= 0) return;
  audio ??= new AudioContext();
  const { currentTime, destination } = audio;
  const count = TONES[severity].length;
  if (currentTime < quietUntil && count <= lastTones) return;
  quietUntil = currentTime + QUIET_AFTER_S;
  lastTones = count;
  for (const [at, frequency] of TONES[severity].entries()) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.value = (GAIN_MAX * Math.min(100, volumePercent)) / 100;
    tone.connect(volume).connect(destination);
    tone.start(currentTime + at * TONE_S * 1.4);
    tone.stop(currentTime + at * TONE_S * 1.4 + TONE_S);
  }
}
