/* What did this compressed member hold?

   The core of the interpreter has no zlib: that is an extension module,
   which needs the import system, which is what is being loaded.  It may be
   missing, and once loaded it is an object that Python code can reach.  So
   here is the one direction, one format and one shape that reading a module
   takes: a raw deflate stream (RFC 1951), whole in memory, to a size that is
   known beforehand.

   A stream is a row of blocks, stored or coded.  A coded block spells each
   byte, or each copy of earlier bytes, in Huffman codes of at most 15 bits.
   A code becomes a table with one slot for every value of the next bits, so
   that decoding is one look; there are two, one for bytes and lengths of
   copies, one for distances.

   The input is hostile until the checksum says otherwise: no read passes
   its end, no write the size that was announced, no copy reaches before the
   first byte, and codes that are no code are refused as zlib refuses them.

   principal_zip.c calls this; nothing here keeps state. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_principal_zip.h"

#include <stdbool.h>
#include <string.h>

enum { MAX_BITS = 15, LITERALS = 288, DISTANCES = 32, ALPHABET = 19 };

/* A slot: the symbol, and in the low four bits the length of its code; 0 is
   no code. */
typedef struct {
    int bits;                   /* of an index: the longest code */
    uint16_t slots[1 << MAX_BITS];
} table;

typedef struct {
    const unsigned char *in, *in_end;
    unsigned char *out, *out_begin, *out_end;
    uint64_t bits;              /* read ahead, the next one lowest */
    int n_bits;
    table literals, distances;
} inflater;


/* --- Bits --------------------------------------------------------------- */

/* Read ahead as far as the input goes: at least 32 bits if it has them. */
static inline void
refill(inflater *f)
{
    while (f->n_bits <= 56 && f->in < f->in_end) {
        f->bits |= (uint64_t)*f->in++ << f->n_bits;
        f->n_bits += 8;
    }
}

static inline void
drop(inflater *f, int n)
{
    f->bits >>= n;
    f->n_bits -= n;
}

/* The next `n` bits, or -1. */
static inline int
take(inflater *f, int n)
{
    refill(f);
    if (f->n_bits < n) {
        return -1;
    }
    int value = (int)(f->bits & ((1u << n) - 1));
    drop(f, n);
    return value;
}

/* The next symbol, or -1.  Beyond the input the bits are zero, so the look
   is safe, and a code that would need them is found to be too long. */
static inline int
decode(inflater *f, const table *t)
{
    refill(f);
    unsigned slot = t->slots[f->bits & ((1u << t->bits) - 1)];
    int len = slot & 15;
    if (len == 0 || len > f->n_bits) {
        return -1;
    }
    drop(f, len);
    return (int)(slot >> 4);
}


/* --- Codes -------------------------------------------------------------- */

/* Codes are written highest bit first into a stream that is read lowest bit
   first. */
static unsigned
reversed(unsigned code, int len)
{
    unsigned r = 0;
    for (; len > 0; len--) {
        r = r << 1 | (code & 1);
        code >>= 1;
    }
    return r;
}

/* Make a code from the lengths of its words.  False if they claim more words
   than there are, or leave some unused; `lone` permits what compressors do
   with an alphabet of one symbol or none. */
static bool
make_table(table *t, const unsigned char *lengths, int n, bool lone)
{
    int count[MAX_BITS + 1] = {0};
    unsigned next[MAX_BITS + 2] = {0};
    int left = 1;
    t->bits = 0;
    for (int i = 0; i < n; i++) {
        count[lengths[i]]++;
    }
    count[0] = 0;
    for (int len = 1; len <= MAX_BITS; len++) {
        left = left * 2 - count[len];
        if (left < 0) {
            return false;
        }
        next[len + 1] = (next[len] + (unsigned)count[len]) << 1;
        t->bits = count[len] ? len : t->bits;
    }
    if (left > 0 && !(lone && t->bits <= 1)) {
        return false;
    }
    memset(t->slots, 0, sizeof(t->slots[0]) << t->bits);
    for (int i = 0; i < n; i++) {
        int len = lengths[i];
        if (len == 0) {
            continue;
        }
        unsigned step = 1u << len;
        for (unsigned at = reversed(next[len]++, len); at < 1u << t->bits;
             at += step)
        {
            t->slots[at] = (uint16_t)(i << 4 | len);
        }
    }
    return true;
}

/* The codes that are agreed upon, for blocks too short to bring their own. */
static bool
fixed_codes(inflater *f)
{
    unsigned char lengths[LITERALS];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    if (!make_table(&f->literals, lengths, LITERALS, false)) {
        return false;
    }
    memset(lengths, 5, DISTANCES);
    return make_table(&f->distances, lengths, DISTANCES, false);
}

/* Lengths of codes, themselves in a code: 16 repeats the one before, 17 and
   18 are runs of zeros. */
static bool
read_lengths(inflater *f, unsigned char *lengths, int n)
{
    static const struct { int bits, base; } runs[] = {{2, 3}, {3, 3}, {7, 11}};
    for (int i = 0; i < n; ) {
        int symbol = decode(f, &f->literals);
        if (symbol < 0) {
            return false;
        }
        if (symbol < 16) {
            lengths[i++] = (unsigned char)symbol;
            continue;
        }
        int run = take(f, runs[symbol - 16].bits);
        if (run < 0 || (symbol == 16 && i == 0)) {
            return false;
        }
        run += runs[symbol - 16].base;
        if (run > n - i) {
            return false;
        }
        memset(lengths + i, symbol == 16 ? lengths[i - 1] : 0, (size_t)run);
        i += run;
    }
    return true;
}

/* The codes of this block.  Their lengths come in a code that comes first,
   its own lengths in an order that leaves the rare ones to the end. */
static bool
read_codes(inflater *f)
{
    static const unsigned char order[ALPHABET] = {
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
    };
    unsigned char lengths[LITERALS + DISTANCES] = {0};
    int literals = take(f, 5) + 257;
    int distances = take(f, 5) + 1;
    int n = take(f, 4) + 4;
    /* Each is one less if the input has ended; then the next step fails. */
    if (literals > 286 || distances > 30 || n < 4) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        int len = take(f, 3);
        if (len < 0) {
            return false;
        }
        lengths[order[i]] = (unsigned char)len;
    }
    if (!make_table(&f->literals, lengths, ALPHABET, false)
        || !read_lengths(f, lengths, literals + distances)
        || lengths[256] == 0)           /* a block must be able to end */
    {
        return false;
    }
    return make_table(&f->literals, lengths, literals, true)
           && make_table(&f->distances, lengths + literals, distances, true);
}


/* --- Blocks ------------------------------------------------------------- */

/* Bytes as they are, from a byte boundary on. */
static bool
copy_stored(inflater *f)
{
    drop(f, f->n_bits & 7);
    int n = take(f, 16), check = take(f, 16);
    if (n < 0 || check < 0 || (n ^ check) != 0xffff) {
        return false;
    }
    /* Whole bytes that were read ahead go back. */
    f->in -= f->n_bits / 8;
    f->bits = 0;
    f->n_bits = 0;
    if (n > f->in_end - f->in || n > f->out_end - f->out) {
        return false;
    }
    memcpy(f->out, f->in, (size_t)n);
    f->in += n;
    f->out += n;
    return true;
}

/* Some of what has been written, again: a length, then how far back. */
static bool
copy_back(inflater *f, int symbol)
{
    static const uint16_t length_base[29] = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
        35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258
    };
    static const unsigned char length_bits[29] = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2,
        3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
    };
    static const uint16_t distance_base[30] = {
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385,
        513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
        24577
    };
    if (symbol >= 29) {
        return false;
    }
    int length = take(f, length_bits[symbol]);
    int far = decode(f, &f->distances);
    if (length < 0 || far < 0 || far >= 30) {
        return false;
    }
    int distance = take(f, far < 2 ? 0 : far / 2 - 1);
    if (distance < 0) {
        return false;
    }
    length += length_base[symbol];
    distance += distance_base[far];
    if (distance > f->out - f->out_begin || length > f->out_end - f->out) {
        return false;
    }
    /* Source and target may overlap: then a pattern repeats. */
    const unsigned char *from = f->out - distance;
    for (; length > 0; length--) {
        *f->out++ = *from++;
    }
    return true;
}

/* Until the symbol that ends the block. */
static bool
copy_coded(inflater *f)
{
    for (;;) {
        int symbol = decode(f, &f->literals);
        if (symbol < 0) {
            return false;
        }
        if (symbol == 256) {
            return true;
        }
        if (symbol > 256) {
            if (!copy_back(f, symbol - 257)) {
                return false;
            }
        }
        else if (f->out < f->out_end) {
            *f->out++ = (unsigned char)symbol;
        }
        else {
            return false;
        }
    }
}

static bool
inflate_all(inflater *f)
{
    for (int last = 0; !last; ) {
        last = take(f, 1);
        bool good = last >= 0;
        switch (good ? take(f, 2) : -1) {
        case 0:
            good = copy_stored(f);
            break;
        case 1:
            good = fixed_codes(f) && copy_coded(f);
            break;
        case 2:
            good = read_codes(f) && copy_coded(f);
            break;
        default:
            good = false;
        }
        if (!good) {
            return false;
        }
    }
    /* Exactly this much in, exactly that much out. */
    return f->out == f->out_end && f->in == f->in_end && f->n_bits < 8;
}

int
_PyPrincipalZip_Inflate(void *ctx, const unsigned char *in, size_t n,
                        unsigned char *out, size_t out_len)
{
    (void)ctx;
    inflater *f = PyMem_RawMalloc(sizeof(*f));
    if (f == NULL) {
        return -2;
    }
    f->in = in;
    f->in_end = in + n;
    f->out = f->out_begin = out;
    f->out_end = out + out_len;
    f->bits = 0;
    f->n_bits = 0;
    int result = inflate_all(f) ? 0 : -1;
    PyMem_RawFree(f);
    return result;
}
