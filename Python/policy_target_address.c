/* Which address is this?

   127.0.0.1 is also 127.1, 2130706433, 0x7f.0.0.1, 017700000001 and
   ::ffff:127.0.0.1, and the C library connects to it under each of these
   names.  A policy that is written with one of them has to hold for all, so
   addresses are compared as bytes, and an IPv4 address that is wrapped into
   an IPv6 one is unwrapped first.

   The reader is as generous as any C library: what it takes for an address
   is judged as an address.  Where it were less so, a spelling would be judged
   as a name, which no grant of an address covers. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif
#include "pycore_policy_target_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* "::ffff:0:0/96": an IPv4 address on an IPv6 socket. */
static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};


/* --- Reading ------------------------------------------------------------ */

static int
digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* A number in C's spelling.  Returns where it ends, NULL when there is none
   or it needs more than 32 bits. */
static const char *
read_number(const char *p, const char *end, uint32_t *number)
{
    int base = 10;
    uint64_t value = 0;
    if (p < end && *p == '0') {
        base = 8;
        if (p + 1 < end && (p[1] == 'x' || p[1] == 'X')) {
            base = 16;
            p += 2;
        }
    }
    const char *start = p;
    while (p < end && digit_of(*p) < base) {
        value = value * (uint64_t)base + (uint64_t)digit_of(*p++);
        if (value > UINT32_MAX) {
            return NULL;
        }
    }
    *number = (uint32_t)value;
    return p > start ? p : NULL;
}

/* One to four numbers: each but the last is a byte, the last is the rest. */
static bool
read_v4(const char *text, size_t len, uint8_t address[4])
{
    const char *p = text, *end = text + len;
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t number;
        p = read_number(p, end, &number);
        if (p == NULL) {
            return false;
        }
        if (p == end) {
            if (i > 0 && number >> (32 - 8 * i) != 0) {
                return false;
            }
            value |= number;
            for (int j = 0; j < 4; j++) {
                address[j] = (uint8_t)(value >> (24 - 8 * j));
            }
            return true;
        }
        if (*p++ != '.' || number > 255) {
            return false;
        }
        value |= number << (24 - 8 * i);
    }
    return false;
}

static bool
read_v6(const char *text, size_t len, uint8_t address[16])
{
    char copy[INET6_ADDRSTRLEN];
    const char *scope = memchr(text, '%', len);
    size_t n = scope != NULL ? (size_t)(scope - text) : len;
    if (n >= sizeof(copy) || memchr(text, '\0', n) != NULL) {
        return false;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    return inet_pton(AF_INET6, copy, address) == 1;
}

int
_PyPolicyAddress_Read(const char *text, size_t len, uint8_t address[16])
{
    if (read_v4(text, len, address)) {
        return 4;
    }
    return read_v6(text, len, address) ? _PyPolicyAddress_Reduce(address, 16)
                                       : 0;
}

bool
_PyPolicyAddress_ReadNormal4(const char *text, size_t len,
                             uint8_t address[4])
{
    const char *p = text, *end = text + len;
    for (int i = 0; i < 4; i++) {
        const char *start = p;
        int value = 0;
        while (p < end && *p >= '0' && *p <= '9' && value < 256) {
            value = value * 10 + (*p++ - '0');
        }
        if (p == start || value > 255 || (*start == '0' && p - start > 1)
            || (i < 3 && (p == end || *p++ != '.')))
        {
            return false;
        }
        address[i] = (uint8_t)value;
    }
    return p == end;
}


/* --- Comparing ---------------------------------------------------------- */

int
_PyPolicyAddress_Reduce(uint8_t *address, int len)
{
    if (len == 16 && memcmp(address, MAPPED, sizeof(MAPPED)) == 0) {
        memmove(address, address + 12, 4);
        return 4;
    }
    return len;
}

bool
_PyPolicyAddress_Embedded(const uint8_t *address, uint8_t embedded[4])
{
    /* Compatible (::/96, but not :: and ::1), and the prefix of translators
       (64:ff9b::/96); tunnels (2002::/16) have it in front. */
    static const uint8_t translated[12] = {0, 0x64, 0xFF, 0x9B};
    static const uint8_t compatible[12] = {0};
    if (memcmp(address, translated, 12) == 0
        || (memcmp(address, compatible, 12) == 0
            && (address[12] | address[13] | address[14]) != 0))
    {
        memcpy(embedded, address + 12, 4);
        return true;
    }
    if (address[0] == 0x20 && address[1] == 0x02) {
        memcpy(embedded, address + 2, 4);
        return true;
    }
    return false;
}

void
_PyPolicyAddress_Mask(uint8_t *address, int len, int bits)
{
    for (int i = 0; i < len; i++, bits -= 8) {
        if (bits <= 0) {
            address[i] = 0;
        }
        else if (bits < 8) {
            address[i] &= (uint8_t)(0xFF << (8 - bits));
        }
    }
}


/* --- Showing ------------------------------------------------------------ */

const char *
_PyPolicyAddress_Show(char buffer[_PyPolicyAddress_MAX],
                      const uint8_t *address, int len)
{
    if (len == 4) {
        snprintf(buffer, _PyPolicyAddress_MAX, "%d.%d.%d.%d", address[0],
                 address[1], address[2], address[3]);
        return buffer;
    }
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(AF_INET6, address, text, sizeof(text));
    snprintf(buffer, _PyPolicyAddress_MAX, "[%s]", text);
    return buffer;
}
