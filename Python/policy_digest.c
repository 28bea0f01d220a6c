/* Is this still the text that was read before?

   A policy is named by its SHA-256 wherever a person and a log must agree on
   which text they mean; what child interpreters compare is quicker to make
   (policy_content.c).

   This is FIPS 180-4, written out.  The tree has an implementation for the
   hashlib module, but only as a library for an extension module, under names
   and in files that differ from series to series; the core would have to
   export its symbols, or repeat its build.  A hash has one right answer for
   each input, so the test compares this one with hashlib's over every length
   around the block size.

   Called by policy_content.c, when somebody asks, and by whoever needs names
   for what is long. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif
#include "pycore_policy_digest.h"

#include <stdint.h>
#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first
   64 primes. */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t
rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static inline uint32_t
read_word(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16
           | (uint32_t)p[2] << 8 | p[3];
}

/* One round.  The standard moves each of the eight variables on by one name
   after it; here the names move instead, so eight rounds make a turn. */
#define ROUND(a, b, c, d, e, f, g, h, i) do {                           \
        h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25))             \
             + (g ^ (e & (f ^ g))) + K[i] + w[i];                       \
        d += h;                                                         \
        h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22))             \
             + ((a & b) | (c & (a | b)));                               \
    } while (0)

static void
mix_block(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
        w[i] = read_word(block + 4 * i);
    }
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7]
               + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3)
               + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void
_PyPolicyDigest_Sha256(const void *data, size_t len,
                       char digest[_PyPolicyDigest_SIZE])
{
    /* The same of the square roots of the first eight primes. */
    uint32_t state[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    const unsigned char *p = data;
    uint64_t bits = (uint64_t)len * 8;
    for (; len >= 64; len -= 64, p += 64) {
        mix_block(state, p);
    }

    /* What is left, a one bit, zeros, and the length at the very end: one
       block, or two when the length finds no room in the first. */
    unsigned char tail[128] = {0};
    if (len > 0) {
        memcpy(tail, p, len);
    }
    tail[len] = 0x80;
    size_t size = len < 56 ? 64 : 128;
    for (int i = 0; i < 8; i++) {
        tail[size - 1 - i] = (unsigned char)(bits >> (8 * i));
    }
    for (size_t at = 0; at < size; at += 64) {
        mix_block(state, tail + at);
    }

    for (int i = 0; i < 64; i++) {
        digest[i] = "0123456789abcdef"[state[i / 8] >> (28 - i % 8 * 4) & 15];
    }
    digest[64] = '\0';
}
