// Lets a test in Python call functions here: a line of JSON in names one and its arguments, a line out says what
// came of it. Dates, which JSON cannot tell from texts, come out as {"$date": "..."}.
import { createInterface } from 'node:readline';

const told = (value) => {
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return value.map(told);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, told(each)]));
};

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

const complaint = ({ name, message, code, status, requestId, details }) => ({
  name, message, code, status, requestId, details,
});

export const serve = async (functions) => {
  for await (const line of createInterface({ input: process.stdin })) {
    const { call, args } = JSON.parse(line);
    try {
      say({ value: told(await functions[call](...args)) ?? null });
    } catch (error) {
      say({ error: complaint(error) });
    }
  }
};
