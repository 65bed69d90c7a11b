/** Loaded into the recorder before it starts: tells what it holds when it is asked, and changes nothing. */
process.on('message', () => {
  globalThis.gc?.();
  const count = (type) => process.getActiveResourcesInfo().filter((one) => one === type).length;
  process.send?.({ heap: process.memoryUsage().heapUsed, timers: count('Timeout') });
});
// The question must not keep it alive.
process.channel?.unref();
