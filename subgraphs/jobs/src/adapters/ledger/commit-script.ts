/**
 * Writes one session's changes if nobody else wrote since they were computed: KEYS state, offers, holds, lines, idempotency;
 * ARGV expected version, changes as JSON, the next version among them. Answers 1, or 0 and nothing is written. All values are text, so
 * amounts of any size stay exact.
 */
export const COMMIT_SCRIPT = `
local expected = ARGV[1]
local found = redis.call('HGET', KEYS[1], 'version')
if (found or '0') ~= expected then return 0 end
local changes = cjson.decode(ARGV[2])
local function put(key, pairs)
  for i = 1, #pairs, 1000 do redis.call('HSET', key, unpack(pairs, i, math.min(i + 999, #pairs))) end
end
if changes.whole then redis.call('DEL', KEYS[2], KEYS[3], KEYS[5]) end
put(KEYS[1], changes.state)
put(KEYS[2], changes.offers)
put(KEYS[3], changes.holds)
for _, id in ipairs(changes.released) do redis.call('HDEL', KEYS[3], id) end
for _, line in ipairs(changes.lines) do redis.call('XADD', KEYS[4], '*', 'line', line) end
put(KEYS[5], changes.idempotency)
for _, key in ipairs(changes.forgotten) do redis.call('HDEL', KEYS[5], key) end
return 1
`;
