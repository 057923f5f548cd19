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
    const char *authority_file; // PEM file of the authorities to trust besides the system's, or NULL
    const char *certificate;    // PEM files of the client's own certificate and key, or NULL
    const char *key;
    int is_insecure;       // whether a server need not prove who it is
    int64_t upload_size;   // bytes that `upload` gives; -1 for no body
    long stall_seconds;    // a transfer that stands still for so long is given up
    void *context;
    void (*header)(void *context, const char *line, size_t length);
    int (*body)(void *context, const void *bytes, size_t length); // other than 0 ends the transfer
    ptrdiff_t (*upload)(void *context, void *bytes, size_t capacity); // -1 ends the transfer
};

// Performs the request on this thread. Returns 0 and the status, or a libcurl error code and what it means in `message`;
// -1 when libcurl cannot be loaded. Redirects are not followed.
int tutti_http_perform(const struct tutti_http_request *request, long *status, char message[256]);
