# Varnish with a key check. It has no limit of requests without a module outside Debian, so it does less than RentCache
# and nginx do. What stands in braces is filled in by bench/lab.
vcl 4.1;

backend origin {{
    .host = "127.0.0.1";
    .port = "{origin}";
}}

sub vcl_recv {{
    if (req.http.X-Api-Key != "{key}") {{
        return (synth(401));
    }}
    unset req.http.Cookie;
    return (hash);
}}

sub vcl_backend_response {{
    set beresp.ttl = {ttl}s;
    set beresp.grace = {ttl}s;
}}
