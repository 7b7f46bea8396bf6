// sdk_add.mjs - the same add tool on the official TypeScript SDK v2: what the benchmark compares with.
import { createServer } from 'node:http';
import { McpServer, createMcpHandler } from '@modelcontextprotocol/server';
import { toNodeHandler } from '@modelcontextprotocol/node';
import * as z from 'zod';

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'add', version: '1.0.0' });
  server.registerTool('add', {
    title: 'Add', description: 'Adds two numbers.',
    inputSchema: z.object({ a: z.int(), b: z.int() }), outputSchema: z.object({ sum: z.int() }),
  }, async ({ a, b }) => ({
    content: [{ type: 'text', text: JSON.stringify({ sum: a + b }) }],
    structuredContent: { sum: a + b },
  }));
  return server;
});
const http = createServer(toNodeHandler(handler));
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
