import { z } from 'zod';

export const ID_MAX = 80;
/** A name that a platform, a client or we ourselves gave to something. */
export const idSchema = z.string().min(1).max(ID_MAX);
/** SHA-256 as 64 hexadecimal digits. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);
