-- wrk: sends so many requests at once as the first argument says.
init = function(arguments)
    local requests = {}
    for i = 1, tonumber(arguments[1]) do requests[i] = wrk.format() end
    all = table.concat(requests)
end

request = function() return all end
