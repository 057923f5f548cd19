#define _GNU_SOURCE
#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Exactly the functions that are used, found by name once.
static struct {
    void *library;
    CURLcode (*global_init)(long);
    CURL *(*init)(void);
    CURLcode (*setopt)(CURL *, CURLoption, ...);
    CURLcode (*perform)(CURL *);
    void (*reset)(CURL *);
    CURLcode (*getinfo)(CURL *, CURLINFO, ...);
    void (*cleanup)(CURL *);
    const char *(*describe)(CURLcode);
    struct curl_slist *(*append)(struct curl_slist *, const char *);
    void (*free_list)(struct curl_slist *);
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    curl.library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!curl.library) return;
    *(void **)&curl.global_init = dlsym(curl.library, "curl_global_init");
    *(void **)&curl.init = dlsym(curl.library, "curl_easy_init");
    *(void **)&curl.setopt = dlsym(curl.library, "curl_easy_setopt");
    *(void **)&curl.perform = dlsym(curl.library, "curl_easy_perform");
    *(void **)&curl.reset = dlsym(curl.library, "curl_easy_reset");
    *(void **)&curl.getinfo = dlsym(curl.library, "curl_easy_getinfo");
    *(void **)&curl.cleanup = dlsym(curl.library, "curl_easy_cleanup");
    *(void **)&curl.describe = dlsym(curl.library, "curl_easy_strerror");
    *(void **)&curl.append = dlsym(curl.library, "curl_slist_append");
    *(void **)&curl.free_list = dlsym(curl.library, "curl_slist_free_all");
    int is_whole = curl.global_init && curl.init && curl.setopt && curl.perform && curl.reset && curl.getinfo
        && curl.cleanup && curl.describe && curl.append && curl.free_list;
    if (!is_whole || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) curl.library = NULL;
}

static size_t take_header(char *line, size_t size, size_t count, void *context) {
    const struct tutti_http_request *request = context;
    return request->header(request->context, line, size * count) == 0 ? size * count : 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    const struct tutti_http_request *request = context;
    return request->body(request->context, bytes, size * count) == 0 ? size * count : 0;
}

static size_t give_body(char *bytes, size_t size, size_t count, void *context) {
    const struct tutti_http_request *request = context;
    ptrdiff_t given = request->upload(request->context, bytes, size * count);
    return given < 0 ? CURL_READFUNC_ABORT : (size_t)given;
}

static void prepare_body(CURL *handle, const struct tutti_http_request *request) {
    if (request->has_upload) {
        curl.setopt(handle, CURLOPT_UPLOAD, 1L);
        curl.setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->upload_size);
        curl.setopt(handle, CURLOPT_READFUNCTION, give_body);
        curl.setopt(handle, CURLOPT_READDATA, request);
        curl.setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024L);
    } else if (strcmp(request->method, "HEAD") == 0) {
        curl.setopt(handle, CURLOPT_NOBODY, 1L);
    }
    curl.setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

static void prepare_trust(CURL *handle, const struct tutti_http_request *request) {
    curl.setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (request->is_insecure) {
        curl.setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
        curl.setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (request->authorities) {
        struct curl_blob authorities = {
            .data = (void *)request->authorities, .len = request->authorities_length, .flags = CURL_BLOB_COPY
        };
        // The folder of the system's authorities counts beside them.
        curl.setopt(handle, CURLOPT_CAINFO_BLOB, &authorities);
    }
    if (request->certificate) curl.setopt(handle, CURLOPT_SSLCERT, request->certificate);
    if (request->key) curl.setopt(handle, CURLOPT_SSLKEY, request->key);
}

// Proxies are as libcurl takes them from the environment, but for two rules of Go's, which users of registries know: the
// name in upper case counts for plain HTTP too, except in a CGI script, where a client can set it.
static void prepare_proxy(CURL *handle, const struct tutti_http_request *request) {
    const char *proxy = getenv("HTTP_PROXY");
    if (request->is_direct) {
        curl.setopt(handle, CURLOPT_PROXY, "");
    } else if (request->proxy) {
        curl.setopt(handle, CURLOPT_PROXY, request->proxy);
    } else if (proxy && !getenv("http_proxy") && !getenv("REQUEST_METHOD") && strncmp(request->url, "http:", 5) == 0) {
        curl.setopt(handle, CURLOPT_PROXY, proxy);
    }
    if (request->no_proxy) curl.setopt(handle, CURLOPT_NOPROXY, request->no_proxy);
}

static void prepare(CURL *handle, const struct tutti_http_request *request, struct curl_slist *headers, char *message) {
    curl.setopt(handle, CURLOPT_URL, request->url);
    curl.setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl.setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl.setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl.setopt(handle, CURLOPT_ERRORBUFFER, message);
    curl.setopt(handle, CURLOPT_CONNECTTIMEOUT, 15L);
    curl.setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl.setopt(handle, CURLOPT_LOW_SPEED_TIME, request->stall_seconds);
    curl.setopt(handle, CURLOPT_BUFFERSIZE, 256L * 1024L);
    curl.setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl.setopt(handle, CURLOPT_HEADERDATA, request);
    curl.setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl.setopt(handle, CURLOPT_WRITEDATA, request);
    curl.setopt(handle, CURLOPT_HTTPHEADER, headers);
    prepare_trust(handle, request);
    prepare_proxy(handle, request);
    prepare_body(handle, request);
}

void *tutti_http_open(void) {
    pthread_once(&once, load);
    return curl.library ? curl.init() : NULL;
}

void tutti_http_close(void *handle) {
    curl.cleanup(handle);
}

int tutti_http_perform(void *handle, const struct tutti_http_request *request, long *status, char message[256]) {
    char details[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL;
    for (size_t i = 0; i < request->header_count; i++) headers = curl.append(headers, request->headers[i]);
    prepare(handle, request, headers, details);
    CURLcode code = curl.perform(handle);
    curl.getinfo(handle, CURLINFO_RESPONSE_CODE, status);
    if (code != CURLE_OK) {
        strncpy(message, details[0] ? details : curl.describe(code), 255);
        message[255] = 0;
    }
    // Connections stay open; what points to this request is forgotten.
    curl.reset(handle);
    curl.free_list(headers);
    return (int)code;
}
