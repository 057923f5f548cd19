// Private keys of the kinds that SSH signs with, by the system's libcrypto, which is loaded when the first one is read.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum tutti_key_kind { tutti_key_other, tutti_key_rsa, tutti_key_ed25519, tutti_key_curve };

enum tutti_key_digest { tutti_digest_none, tutti_digest_sha1, tutti_digest_sha256, tutti_digest_sha384, tutti_digest_sha512 };

struct tutti_bytes {
    const uint8_t *start;
    size_t count;
};

// Whether libcrypto could be loaded.
int tutti_signing_is_available(void);

// Each gives a key, or NULL where the bytes are none or libcrypto is not there.
void *tutti_key_read_pem(struct tutti_bytes text);
void *tutti_key_make_ed25519(const uint8_t seed[32]);
void *tutti_key_make_rsa(struct tutti_bytes modulus, struct tutti_bytes exponent, struct tutti_bytes secret);
void *tutti_key_make_curve(const char *group, struct tutti_bytes point, struct tutti_bytes secret);

void tutti_key_free(void *key);

// The kind of a key, and of one on a curve the curve's name.
enum tutti_key_kind tutti_key_kind(const void *key, char group[64]);

// Each writes to `out`, and returns how many bytes that are; -1 if it cannot be done. Numbers begin with their highest byte.
ptrdiff_t tutti_key_exponent(const void *key, void *out, size_t capacity);
ptrdiff_t tutti_key_modulus(const void *key, void *out, size_t capacity);
// A curve's point, not compressed, or the 32 bytes of Ed25519.
ptrdiff_t tutti_key_point(const void *key, void *out, size_t capacity);
ptrdiff_t tutti_key_sign(
    const void *key, enum tutti_key_digest digest, struct tutti_bytes data, void *out, size_t capacity
);
