// HTTP by the system's libcurl, which is loaded when the first request is made: most commands make none, and loading
// it with its forty libraries would cost them more than all they do.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct tutti_http_request {
    const char *method;
    const char *url;
    const char *const *headers; // `Name: value`
    size_t header_count;
    const void *authorities; // certificates in PEM of authorities to trust besides the system's, or NULL
    size_t authorities_length;
    const char *certificate; // PEM files of the client's own certificate and key, or NULL
    const char *key;
    int is_insecure;      // whether a server need not prove who it is
    int is_direct;        // whether no proxy is asked, whatever the environment says
    const char *proxy;    // the proxy that is asked instead of the environment's, or NULL
    const char *no_proxy; // hosts that are reached without any proxy, joined by commas, or NULL
    int has_upload;       // whether there is a body
    int64_t upload_size;  // bytes that `upload` gives; -1 for as many as come
    long stall_seconds;   // a transfer that stands still for so long is given up
    void *context;
    int (*header)(void *context, const char *line, size_t length); // other than 0 ends the transfer, as the next
    int (*body)(void *context, const void *bytes, size_t length);
    ptrdiff_t (*upload)(void *context, void *bytes, size_t capacity); // 0 is the end, -1 ends the transfer
};

// Something that makes requests, one at a time, and keeps its connections open in between. NULL when libcurl cannot be
// loaded or there is no memory.
void *tutti_http_open(void);

void tutti_http_close(void *handle);

// Performs the request on this thread. Returns 0 and the status, or a libcurl error code and what it means in
// `message`. Redirects are not followed.
int tutti_http_perform(void *handle, const struct tutti_http_request *request, long *status, char message[256]);
