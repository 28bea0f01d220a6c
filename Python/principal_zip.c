/* What does this member of this archive hold?

   Modules can be imported from zip archives.  Whose code a member is follows
   from where the archive lies, so what the member holds must come from the
   archive too: the tables that zipimport keeps are Python objects that any
   code may change.  This file reads the bytes from the disk each time.

   An archive is read from its end: a record there says where the directory
   is, the directory says where each member is, and whatever stands before
   the first member (a "#!" line, say) shifts all of that by one distance.
   Nothing in an archive is trusted: every offset is checked against what
   the file has, a member that is listed twice is refused rather than chosen
   from, and contents must have the size and the checksum that the directory
   states.  Other implementations are more forgiving; where they would read
   something else than we do, we read nothing.

   Names are compared as bytes: UTF-8 (or plain ASCII), which is what
   everything has written for many years.

   principal_load.c reads modules this way, and policy_read.c the policy of
   an application that is an archive.  Inflating has principal_inflate.c. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_principal_zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Bytes of one member, before and after inflating, and of a directory. */
#define MAX_MEMBER (256u * 1024 * 1024)
#define MAX_DIRECTORY (256u * 1024 * 1024)

/* Fixed parts of the records, and what they begin with. */
enum {
    END_SIZE = 22, END64_SIZE = 56, LOCATOR_SIZE = 20, ENTRY_SIZE = 46,
    LOCAL_SIZE = 30, MAX_COMMENT = 0xffff,
};
#define END_MARK 0x06054b50u
#define END64_MARK 0x06064b50u
#define LOCATOR_MARK 0x07064b50u
#define ENTRY_MARK 0x02014b50u
#define LOCAL_MARK 0x04034b50u

enum { STORED = 0, DEFLATED = 8 };
/* Bits 0, 6 and 13: the contents, or the directory, are encrypted. */
#define ENCRYPTED 0x2041

typedef struct {
    int fd;
    uint64_t size;              /* of the file */
    uint64_t base;              /* what offsets in the archive count from */
    uint64_t directory;         /* where the directory begins, in the file */
    uint64_t directory_size;
} archive;

typedef struct {
    unsigned flags, method;
    uint64_t compressed, offset;
    _PyPrincipalZip_Info info;
} entry;


/* --- Bytes -------------------------------------------------------------- */

/* Archives have the lowest byte first, whatever machine reads them. */
static inline uint16_t
get16(const unsigned char *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
get32(const unsigned char *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline uint64_t
get64(const unsigned char *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

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

/* All of `n` bytes at `offset`, which must be in the file. */
static _PyPrincipalZip_Status
read_at(const archive *a, uint64_t offset, void *out, size_t n)
{
    if (offset > a->size || n > a->size - offset) {
        return _PyPrincipalZip_DAMAGED;
    }
    while (n > 0) {
        ssize_t got = pread(a->fd, out, n, (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? _PyPrincipalZip_UNREADABLE
                           : _PyPrincipalZip_DAMAGED;
        }
        out = (char *)out + got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return _PyPrincipalZip_OK;
}

/* The descriptor stays open for all of one call: what is checked and what
   is read is the same file, even if its name is given to another one. */
static _PyPrincipalZip_Status
open_archive(archive *a, const char *path)
{
    struct stat st;
    a->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (a->fd < 0 || fstat(a->fd, &st) < 0) {
        return _PyPrincipalZip_UNREADABLE;
    }
    if (!S_ISREG(st.st_mode)) {
        return _PyPrincipalZip_NOT_A_ZIP;
    }
    a->size = (uint64_t)st.st_size;
    return _PyPrincipalZip_OK;
}


/* --- The end of the archive --------------------------------------------- */

/* A record of the end, `limit` bytes into the file, says how large the
   directory before it is and where the archive thinks that it begins.  If
   that cannot be, then the record is none, and the file no archive. */
static _PyPrincipalZip_Status
place_directory(archive *a, uint64_t limit, uint64_t size, uint64_t offset)
{
    if (size > limit || offset > limit - size) {
        return _PyPrincipalZip_NOT_A_ZIP;
    }
    a->directory_size = size;
    a->directory = limit - size;
    a->base = a->directory - offset;
    return _PyPrincipalZip_OK;
}

/* Large archives have another record and a pointer to it before the one at
   the end.  1: this one has, 0: it has not. */
static int
read_end64(archive *a, uint64_t end, _PyPrincipalZip_Status *status)
{
    unsigned char record[END64_SIZE + LOCATOR_SIZE];
    if (end < sizeof(record)) {
        return 0;
    }
    uint64_t at = end - sizeof(record);
    *status = read_at(a, at, record, sizeof(record));
    if (*status != _PyPrincipalZip_OK) {
        return 1;
    }
    bool located = get32(record + END64_SIZE) == LOCATOR_MARK;
    if (get32(record) != END64_MARK) {
        /* By the letter it may be longer than this, and further away. */
        *status = _PyPrincipalZip_UNSUPPORTED;
        return located;
    }
    *status = place_directory(a, at, get64(record + 40), get64(record + 48));
    if (*status == _PyPrincipalZip_OK
        && (!located || get64(record + 4) != END64_SIZE - 12))
    {
        *status = _PyPrincipalZip_DAMAGED;
    }
    if (*status == _PyPrincipalZip_OK
        && (get32(record + 16) != 0 || get32(record + 20) != 0))
    {
        *status = _PyPrincipalZip_UNSUPPORTED;
    }
    return 1;
}

/* What does the record at `at` say?  That it can be no record comes before
   that it is one of a kind that is not supported: a file that merely has
   these four bytes somewhere is not to be complained about. */
static _PyPrincipalZip_Status
read_end(archive *a, const unsigned char *record, uint64_t at)
{
    _PyPrincipalZip_Status status = _PyPrincipalZip_OK;
    if (!read_end64(a, at, &status)) {
        status = place_directory(a, at, get32(record + 12),
                                 get32(record + 16));
    }
    if (status != _PyPrincipalZip_OK) {
        return status;
    }
    if (get16(record + 4) != 0 || get16(record + 6) != 0) {
        return _PyPrincipalZip_UNSUPPORTED;     /* more than one disk */
    }
    /* zipimport does not look at the length of the comment, and so believes
       a record with anything at all behind it. */
    return get16(record + 20) == a->size - at - END_SIZE
           ? _PyPrincipalZip_OK : _PyPrincipalZip_DAMAGED;
}

/* As far back as zipimport looks for it, and for the last one as it does:
   what is no archive here must be none for it. */
static _PyPrincipalZip_Status
find_end(archive *a)
{
    uint64_t n = MAX_COMMENT + END_SIZE + END64_SIZE + LOCATOR_SIZE;
    n = n < a->size ? n : a->size;
    unsigned char *tail = PyMem_RawMalloc((size_t)n + 1);
    if (tail == NULL) {
        return _PyPrincipalZip_NO_MEMORY;
    }
    _PyPrincipalZip_Status status = read_at(a, a->size - n, tail, (size_t)n);
    if (status == _PyPrincipalZip_OK) {
        status = _PyPrincipalZip_NOT_A_ZIP;
        for (uint64_t back = END_SIZE; back <= n; back++) {
            if (get32(tail + n - back) == END_MARK) {
                status = read_end(a, tail + n - back, a->size - back);
                break;
            }
        }
    }
    PyMem_RawFree(tail);
    return status;
}


/* --- The directory ------------------------------------------------------ */

/* Sizes that do not fit into 32 bits stand in an extra field, each only if
   its place says that it is elsewhere. */
static bool
read_extra(entry *e, const unsigned char *p, size_t n)
{
    uint64_t *const wanted[] = {&e->info.size, &e->compressed, &e->offset};
    while (n >= 4 && get16(p) != 1) {
        size_t skip = 4 + (size_t)get16(p + 2);
        if (skip > n) {
            return false;
        }
        p += skip;
        n -= skip;
    }
    size_t left = n >= 4 ? get16(p + 2) : 0;
    if (left > 0 && left > n - 4) {
        return false;
    }
    p += 4;
    for (int i = 0; i < 3; i++) {
        if (*wanted[i] == 0xffffffff) {
            if (left < 8) {
                return false;
            }
            *wanted[i] = get64(p);
            p += 8;
            left -= 8;
        }
    }
    return true;
}

/* The fixed part of an entry, whose length has been checked. */
static bool
read_entry(entry *e, const unsigned char *p, size_t name_len,
           size_t extra_len)
{
    e->flags = get16(p + 8);
    e->method = get16(p + 10);
    e->info.time = get16(p + 12);
    e->info.date = get16(p + 14);
    e->info.crc = get32(p + 16);
    e->compressed = get32(p + 20);
    e->info.size = get32(p + 24);
    e->offset = get32(p + 42);
    bool large = e->compressed == 0xffffffff || e->info.size == 0xffffffff
                 || e->offset == 0xffffffff;
    return !large || read_extra(e, p + ENTRY_SIZE + name_len, extra_len);
}

/* To the end even when the member is found, for it may be there twice, and
   which one is meant would depend on who reads. */
static _PyPrincipalZip_Status
search(const unsigned char *p, size_t n, const char *member, entry *e)
{
    size_t member_len = strlen(member);
    bool found = false;
    while (n > 0) {
        if (n < ENTRY_SIZE || get32(p) != ENTRY_MARK) {
            return _PyPrincipalZip_DAMAGED;
        }
        size_t name_len = get16(p + 28), extra_len = get16(p + 30);
        size_t size = ENTRY_SIZE + name_len + extra_len + get16(p + 32);
        if (size > n) {
            return _PyPrincipalZip_DAMAGED;
        }
        if (name_len == member_len
            && memcmp(p + ENTRY_SIZE, member, name_len) == 0)
        {
            if (found) {
                return _PyPrincipalZip_AMBIGUOUS;
            }
            found = true;
            if (!read_entry(e, p, name_len, extra_len)) {
                return _PyPrincipalZip_DAMAGED;
            }
        }
        p += size;
        n -= size;
    }
    return found ? _PyPrincipalZip_OK : _PyPrincipalZip_NO_MEMBER;
}

/* The directory is read whole each time.  An index would be faster and would
   be one more thing that must not be wrong; directories are short. */
static _PyPrincipalZip_Status
find_member(const archive *a, const char *member, entry *e)
{
    if (a->directory_size > MAX_DIRECTORY) {
        return _PyPrincipalZip_TOO_LARGE;
    }
    size_t n = (size_t)a->directory_size;
    unsigned char *directory = PyMem_RawMalloc(n + 1);
    if (directory == NULL) {
        return _PyPrincipalZip_NO_MEMORY;
    }
    _PyPrincipalZip_Status status = read_at(a, a->directory, directory, n);
    if (status == _PyPrincipalZip_OK) {
        status = search(directory, n, member, e);
    }
    PyMem_RawFree(directory);
    return status;
}


/* --- The member --------------------------------------------------------- */

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
_PyPrincipalZip_Read(const char *path, const char *member,
                     _PyPrincipalZip_InflateFunc inflate, void *ctx,
                     unsigned char **data, size_t *len,
                     _PyPrincipalZip_Info *info)
{
    archive a = {.fd = -1};
    entry e = {0};
    _PyPrincipalZip_Status status = open_archive(&a, path);
    if (data != NULL) {
        *data = NULL;
        *len = 0;
    }
    if (status == _PyPrincipalZip_OK) {
        status = find_end(&a);
    }
    if (status == _PyPrincipalZip_OK) {
        status = find_member(&a, member, &e);
    }
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
    if (a.fd >= 0) {
        close(a.fd);
    }
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
