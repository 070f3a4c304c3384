-- wrk: send the requests that stand in the files given, byte for byte, one after the other; print one line of JSON.

local requests, at = {}, 0

function init(paths)
  for place = 1, #paths do
    local file = assert(io.open(paths[place], "rb"))
    requests[place] = file:read("*a")
    file:close()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'JSON{"requests":%d,"seconds":%.6f,"p50":%.6f,"p99":%.6f,"failed":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
