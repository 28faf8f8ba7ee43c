const HEADER = 44;
const RATE = 16_000;

/** A WAV file of exactly so many bytes: one channel, 16 bit, a faint tone. */
export function quietWav(bytes: number): Buffer {
  const wav = Buffer.alloc(bytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(bytes - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(bytes - HEADER, 40);
  for (let at = HEADER; at + 1 < bytes; at += 2) {
    wav.writeInt16LE(Math.round(1000 * Math.sin(at / 9)), at);
  }
  return wav;
}
