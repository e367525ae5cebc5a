import { parentPort } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import { answerJob, type Job } from './jobs.ts';

const port = present(parentPort, 'the port of a worker');
port.on('message', (job: Job) => {
  void answerJob(job).then((answer) => port.postMessage(answer));
});
