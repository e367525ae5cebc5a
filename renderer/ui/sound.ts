let audio: AudioContext | null = null;

const TONES = { hard: [880, 660, 880], soft: [660, 660], warning: [520] } as const;
const TONE_S = 0.12;

/** A short signal: the worse, the more tones. Silent where the browser has no sound yet. */
export function beep(severity: keyof typeof TONES): void {
  audio ??= new AudioContext();
  const { currentTime, destination } = audio;
  for (const [at, frequency] of TONES[severity].entries()) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.value = 0.06;
    tone.connect(volume).connect(destination);
    tone.start(currentTime + at * TONE_S * 1.4);
    tone.stop(currentTime + at * TONE_S * 1.4 + TONE_S);
  }
}
