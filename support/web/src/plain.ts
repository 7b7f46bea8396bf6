// plain.ts - keeps zod from making code of text, which the page's Content-Security-Policy forbids: imported before what has schemas.
import { config } from 'zod';

config({ jitless: true });
