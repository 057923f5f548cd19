#define _GNU_SOURCE
#include "CSigning.h"

#include <dlfcn.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>

// Exactly the functions that are used, found by name once.
#define FUNCTIONS(use)                                                                                                 \
    use(BIO_free) use(BIO_new_mem_buf) use(BN_bin2bn) use(BN_bn2bin) use(BN_clear_free) use(BN_num_bits)               \
    use(CRYPTO_free) use(EVP_DigestSign) use(EVP_DigestSignInit) use(EVP_MD_CTX_free) use(EVP_MD_CTX_new)              \
    use(EVP_PKEY_CTX_free) use(EVP_PKEY_CTX_new_from_name) use(EVP_PKEY_free) use(EVP_PKEY_fromdata)                   \
    use(EVP_PKEY_fromdata_init) use(EVP_PKEY_get1_encoded_public_key) use(EVP_PKEY_get_base_id)                        \
    use(EVP_PKEY_get_bn_param) use(EVP_PKEY_get_group_name) use(EVP_PKEY_get_raw_public_key)                           \
    use(EVP_PKEY_new_raw_private_key) use(EVP_sha1) use(EVP_sha256) use(EVP_sha384) use(EVP_sha512)                    \
    use(OSSL_PARAM_BLD_free) use(OSSL_PARAM_BLD_new) use(OSSL_PARAM_BLD_push_BN)                                       \
    use(OSSL_PARAM_BLD_push_octet_string) use(OSSL_PARAM_BLD_push_utf8_string) use(OSSL_PARAM_BLD_to_param)            \
    use(OSSL_PARAM_free) use(PEM_read_bio_PrivateKey)

#define DECLARE(name) __typeof__(&name) name;
static struct {
    FUNCTIONS(DECLARE)
    int is_whole;
} crypto;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    int is_whole = 1;
#define FIND(name) is_whole = (*(void **)&crypto.name = dlsym(library, #name)) && is_whole;
    FUNCTIONS(FIND)
    crypto.is_whole = is_whole;
}

static int is_loaded(void) {
    pthread_once(&once, load);
    return crypto.is_whole;
}

int tutti_signing_is_available(void) {
    return is_loaded();
}

// Nobody is asked for a pass phrase.
static int give_no_phrase(char *out, int capacity, int is_writing, void *context) {
    (void)out, (void)capacity, (void)is_writing, (void)context;
    return -1;
}

void *tutti_key_read_pem(struct tutti_bytes text) {
    if (!is_loaded() || text.count > INT32_MAX) return NULL;
    BIO *memory = crypto.BIO_new_mem_buf(text.start, (int)text.count);
    if (!memory) return NULL;
    EVP_PKEY *key = crypto.PEM_read_bio_PrivateKey(memory, NULL, give_no_phrase, NULL);
    crypto.BIO_free(memory);
    return key;
}

void *tutti_key_make_ed25519(const uint8_t seed[32]) {
    return is_loaded() ? crypto.EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32) : NULL;
}

static EVP_PKEY *make(const char *kind, OSSL_PARAM_BLD *parts) {
    OSSL_PARAM *parameters = crypto.OSSL_PARAM_BLD_to_param(parts);
    EVP_PKEY_CTX *context = crypto.EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    EVP_PKEY *key = NULL;
    int is_good = parameters && context && crypto.EVP_PKEY_fromdata_init(context) == 1
        && crypto.EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) == 1;
    crypto.EVP_PKEY_CTX_free(context);
    crypto.OSSL_PARAM_free(parameters);
    return is_good ? key : NULL;
}

static BIGNUM *number(struct tutti_bytes bytes) {
    return bytes.count > 1 << 16 ? NULL : crypto.BN_bin2bn(bytes.start, (int)bytes.count, NULL);
}

void *tutti_key_make_rsa(struct tutti_bytes modulus, struct tutti_bytes exponent, struct tutti_bytes secret) {
    if (!is_loaded()) return NULL;
    BIGNUM *n = number(modulus), *e = number(exponent), *d = number(secret);
    OSSL_PARAM_BLD *parts = crypto.OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (parts && n && e && d && crypto.OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_N, n)
        && crypto.OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_E, e)
        && crypto.OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_D, d))
        key = make("RSA", parts);
    crypto.OSSL_PARAM_BLD_free(parts);
    crypto.BN_clear_free(n);
    crypto.BN_clear_free(e);
    crypto.BN_clear_free(d);
    return key;
}

void *tutti_key_make_curve(const char *group, struct tutti_bytes point, struct tutti_bytes secret) {
    if (!is_loaded()) return NULL;
    BIGNUM *d = number(secret);
    OSSL_PARAM_BLD *parts = crypto.OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (parts && d && crypto.OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, group, 0)
        && crypto.OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point.start, point.count)
        && crypto.OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_PRIV_KEY, d))
        key = make("EC", parts);
    crypto.OSSL_PARAM_BLD_free(parts);
    crypto.BN_clear_free(d);
    return key;
}

void tutti_key_free(void *key) {
    crypto.EVP_PKEY_free(key);
}

enum tutti_key_kind tutti_key_kind(const void *key, char group[64]) {
    size_t length = 0;
    switch (crypto.EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return tutti_key_rsa;
    case EVP_PKEY_ED25519: return tutti_key_ed25519;
    case EVP_PKEY_EC:
        return crypto.EVP_PKEY_get_group_name(key, group, 64, &length) == 1 ? tutti_key_curve : tutti_key_other;
    default: return tutti_key_other;
    }
}

static ptrdiff_t integer(const void *key, const char *name, void *out, size_t capacity) {
    BIGNUM *number = NULL;
    if (crypto.EVP_PKEY_get_bn_param(key, name, &number) != 1) return -1;
    int length = (crypto.BN_num_bits(number) + 7) / 8;
    if ((size_t)length <= capacity) crypto.BN_bn2bin(number, out);
    crypto.BN_clear_free(number);
    return (size_t)length <= capacity ? length : -1;
}

ptrdiff_t tutti_key_exponent(const void *key, void *out, size_t capacity) {
    return integer(key, OSSL_PKEY_PARAM_RSA_E, out, capacity);
}

ptrdiff_t tutti_key_modulus(const void *key, void *out, size_t capacity) {
    return integer(key, OSSL_PKEY_PARAM_RSA_N, out, capacity);
}

ptrdiff_t tutti_key_point(const void *key, void *out, size_t capacity) {
    size_t length = capacity;
    if (crypto.EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519)
        return crypto.EVP_PKEY_get_raw_public_key(key, out, &length) == 1 ? (ptrdiff_t)length : -1;
    unsigned char *point = NULL;
    length = crypto.EVP_PKEY_get1_encoded_public_key((EVP_PKEY *)key, &point);
    int fits = length > 0 && length <= capacity;
    if (fits) memcpy(out, point, length);
    crypto.CRYPTO_free(point, "", 0);
    return fits ? (ptrdiff_t)length : -1;
}

static const EVP_MD *method(enum tutti_key_digest digest) {
    switch (digest) {
    case tutti_digest_sha1: return crypto.EVP_sha1();
    case tutti_digest_sha256: return crypto.EVP_sha256();
    case tutti_digest_sha384: return crypto.EVP_sha384();
    case tutti_digest_sha512: return crypto.EVP_sha512();
    default: return NULL;
    }
}

ptrdiff_t tutti_key_sign(
    const void *key, enum tutti_key_digest digest, struct tutti_bytes data, void *out, size_t capacity
) {
    size_t length = capacity;
    EVP_MD_CTX *context = crypto.EVP_MD_CTX_new();
    int is_good = context && crypto.EVP_DigestSignInit(context, NULL, method(digest), NULL, (EVP_PKEY *)key) == 1
        && crypto.EVP_DigestSign(context, out, &length, data.start, data.count) == 1;
    crypto.EVP_MD_CTX_free(context);
    return is_good ? (ptrdiff_t)length : -1;
}
