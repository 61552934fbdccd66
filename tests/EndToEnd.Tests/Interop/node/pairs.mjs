// Runs visits of new clients, several at a time, and prints as JSON the node of each client and the failures.
export async function report(count, atOnce, transports, visit) {
  const results = [];
  for (const transport of transports) {
    const result = { transport, nodes: {}, failures: [] };
    let left = count;
    const work = async () => {
      while (left-- > 0) {
        try {
          const node = await within(20000, visit(transport));
          result.nodes[node] = (result.nodes[node] ?? 0) + 1;
        } catch (error) {
          result.failures.push(String(error));
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    results.push(result);
  }

  // A client that failed may have left timers and connections behind.
  process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0));
}

function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
