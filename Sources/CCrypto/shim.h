// OpenSSL 3 has more general functions, which read a configuration and look for providers first: for a sum of a few
// bytes, as most commands need it, that takes longer than all else.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
