/* What does this member of this archive hold?

   Modules can be imported from zip archives.  Whose code a member is follows
   from where the archive lies, so what the member holds must come from the
   archive too: the tables that zipimport keeps are Python objects that any
   code may change.  This file reads the bytes from the disk each time.

   The descriptor is the same for all of one call, and the caller may have
   it already: what is checked and what is read is one file, even if its name
   is given to another one.  Contents must have the size and the checksum
   that the directory states.

   principal_archive.c reads modules this way, and policy_read.c the policy
   of an application that is an archive.  Where the member is, tells
   principal_zip.c; inflating has principal_inflate.c. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_principal_zip_impl.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Bytes of one member, before and after inflating. */
#define MAX_MEMBER (256u * 1024 * 1024)

/* The fixed part of a member's header, and what it begins with. */
#define LOCAL_SIZE 30
#define LOCAL_MARK 0x04034b50u

enum { STORED = 0, DEFLATED = 8 };
/* Bits 0, 6 and 13: the contents, or the directory, are encrypted. */
#define ENCRYPTED 0x2041

typedef _PyPrincipalZip_Archive archive;
typedef _PyPrincipalZip_Entry entry;
#define read_at _PyPrincipalZip_ReadAt

/* --- The member --------------------------------------------------------- */

static uint32_t
crc32_of(const unsigned char *p, size_t n)
{
    /* Four bits at a time: a small table, and fast enough for modules. */
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
        0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;
    for (; n > 0; n--) {
        crc ^= *p++;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc ^ 0xffffffff;
}

/* Where do the contents begin?  The member's own header repeats its name;
   one that does not is somebody's attempt to be read in two ways. */
static _PyPrincipalZip_Status
find_contents(const archive *a, const entry *e, const char *member,
              uint64_t *begin)
{
    unsigned char header[LOCAL_SIZE + 256];
    size_t name_len = strlen(member);
    uint64_t room = a->directory - a->base;
    if (name_len > UINT16_MAX || e->offset > room
        || room - e->offset < LOCAL_SIZE + name_len)
    {
        return _PyPrincipalZip_DAMAGED;
    }
    uint64_t at = a->base + e->offset;
    _PyPrincipalZip_Status status = read_at(a, at, header, LOCAL_SIZE);
    if (status != _PyPrincipalZip_OK) {
        return status;
    }
    if (get32(header) != LOCAL_MARK || get16(header + 26) != name_len) {
        return _PyPrincipalZip_DAMAGED;
    }
    uint64_t skip = LOCAL_SIZE + name_len + get16(header + 28);
    at += LOCAL_SIZE;
    for (size_t done = 0, n; done < name_len; done += n) {
        n = name_len - done < 256 ? name_len - done : 256;
        status = read_at(a, at + done, header, n);
        if (status != _PyPrincipalZip_OK) {
            return status;
        }
        if (memcmp(header, member + done, n) != 0) {
            return _PyPrincipalZip_DAMAGED;
        }
    }
    room -= e->offset;
    if (skip > room || e->compressed > room - skip) {
        return _PyPrincipalZip_DAMAGED;
    }
    *begin = a->base + e->offset + skip;
    return _PyPrincipalZip_OK;
}

/* Before any memory is asked for by sizes that the archive states. */
static _PyPrincipalZip_Status
check_entry(const entry *e)
{
    if (e->flags & ENCRYPTED
        || (e->method != STORED && e->method != DEFLATED))
    {
        return _PyPrincipalZip_UNSUPPORTED;
    }
    if (e->info.size > MAX_MEMBER || e->compressed > MAX_MEMBER) {
        return _PyPrincipalZip_TOO_LARGE;
    }
    if (e->method == STORED && e->compressed != e->info.size) {
        return _PyPrincipalZip_DAMAGED;
    }
    return _PyPrincipalZip_OK;
}

/* Inflate into memory of the size that the directory states; the inflater
   must fill exactly that. */
static _PyPrincipalZip_Status
read_deflated(const archive *a, const entry *e, uint64_t begin,
              _PyPrincipalZip_InflateFunc inflate, void *ctx,
              unsigned char *out)
{
    unsigned char *packed = PyMem_RawMalloc((size_t)e->compressed + 1);
    if (packed == NULL) {
        return _PyPrincipalZip_NO_MEMORY;
    }
    _PyPrincipalZip_Status status = read_at(a, begin, packed,
                                            (size_t)e->compressed);
    if (status == _PyPrincipalZip_OK) {
        int result = inflate(ctx, packed, (size_t)e->compressed,
                             out, (size_t)e->info.size);
        status = result == 0 ? _PyPrincipalZip_OK
                 : result == -2 ? _PyPrincipalZip_NO_MEMORY
                 : _PyPrincipalZip_DAMAGED;
    }
    PyMem_RawFree(packed);
    return status;
}

/* The checksum is no protection against anybody, but it finds what a broken
   disk or a wrong offset would otherwise let run. */
static _PyPrincipalZip_Status
read_member(const archive *a, const entry *e, const char *member,
            _PyPrincipalZip_InflateFunc inflate, void *ctx,
            unsigned char **data)
{
    uint64_t begin;
    size_t size = (size_t)e->info.size;
    _PyPrincipalZip_Status status = find_contents(a, e, member, &begin);
    if (status != _PyPrincipalZip_OK) {
        return status;
    }
    unsigned char *out = PyMem_RawMalloc(size + 1);
    if (out == NULL) {
        return _PyPrincipalZip_NO_MEMORY;
    }
    if (e->method == STORED) {
        status = read_at(a, begin, out, size);
    }
    else {
        status = read_deflated(a, e, begin, inflate, ctx, out);
    }
    if (status == _PyPrincipalZip_OK && crc32_of(out, size) != e->info.crc) {
        status = _PyPrincipalZip_DAMAGED;
    }
    if (status != _PyPrincipalZip_OK) {
        PyMem_RawFree(out);
        return status;
    }
    out[size] = '\0';
    *data = out;
    return _PyPrincipalZip_OK;
}

_PyPrincipalZip_Status
_PyPrincipalZip_ReadFrom(int fd, const char *member,
                         _PyPrincipalZip_InflateFunc inflate, void *ctx,
                         unsigned char **data, size_t *len,
                         _PyPrincipalZip_Info *info)
{
    archive a = {.fd = fd};
    entry e = {0};
    if (data != NULL) {
        *data = NULL;
        *len = 0;
    }
    _PyPrincipalZip_Status status = _PyPrincipalZip_Find(&a, member, &e);
    if (status == _PyPrincipalZip_OK) {
        status = check_entry(&e);
    }
    if (status == _PyPrincipalZip_OK && data != NULL) {
        status = read_member(&a, &e, member,
                             inflate ? inflate : _PyPrincipalZip_Inflate,
                             ctx, data);
        *len = status == _PyPrincipalZip_OK ? (size_t)e.info.size : 0;
    }
    if (status == _PyPrincipalZip_OK && info != NULL) {
        *info = e.info;
    }
    return status;
}

_PyPrincipalZip_Status
_PyPrincipalZip_Read(const char *path, const char *member,
                     _PyPrincipalZip_InflateFunc inflate, void *ctx,
                     unsigned char **data, size_t *len,
                     _PyPrincipalZip_Info *info)
{
    int fd = open(path, _PyPrincipalZip_OPEN);
    if (fd < 0) {
        if (data != NULL) {
            *data = NULL;
            *len = 0;
        }
        return _PyPrincipalZip_UNREADABLE;
    }
    _PyPrincipalZip_Status status = _PyPrincipalZip_ReadFrom(
        fd, member, inflate, ctx, data, len, info);
    close(fd);
    return status;
}


/* --- For the callers ---------------------------------------------------- */

/* Fields out of range carry over into the next, as in zipimport. */
int64_t
_PyPrincipalZip_Mtime(const _PyPrincipalZip_Info *info)
{
    struct tm tm = {
        .tm_year = (info->date >> 9) + 80,
        .tm_mon = (info->date >> 5 & 15) - 1,
        .tm_mday = info->date & 31,
        .tm_hour = info->time >> 11,
        .tm_min = info->time >> 5 & 63,
        .tm_sec = (info->time & 31) * 2,
        .tm_isdst = -1,
    };
    return (int64_t)mktime(&tm);
}

const char *
_PyPrincipalZip_Message(_PyPrincipalZip_Status status)
{
    switch (status) {
    case _PyPrincipalZip_OK:
        return "is sound";
    case _PyPrincipalZip_NO_MEMBER:
        return "has no such member";
    case _PyPrincipalZip_NO_MEMORY:
        return "is too large for the memory that is left";
    case _PyPrincipalZip_UNREADABLE:
        return "cannot be read";
    case _PyPrincipalZip_NOT_A_ZIP:
        return "is not a zip archive";
    case _PyPrincipalZip_DAMAGED:
        return "is damaged";
    case _PyPrincipalZip_AMBIGUOUS:
        return "has two members of that name";
    case _PyPrincipalZip_UNSUPPORTED:
        return "is encrypted, split, or compressed in a way other than "
               "\"deflate\"";
    case _PyPrincipalZip_TOO_LARGE:
        return "is too large";
    }
    return "cannot be used";
}
