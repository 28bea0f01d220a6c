/* Where is this member in this archive?

   An archive is read from its end: a record there says where the directory
   is, the directory says where each member is, and whatever stands before
   the first member (a "#!" line, say) shifts all of that by one distance.
   Nothing in an archive is trusted: every offset is checked against what
   the file has, and a member that is listed twice is refused rather than
   chosen from.  Other implementations are more forgiving; where they would
   read something else than we do, we read nothing.

   Names are compared as bytes: UTF-8 (or plain ASCII), which is what
   everything has written for many years.

   principal_zip_member.c asks, and reads what the member holds. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_principal_zip_impl.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a directory. */
#define MAX_DIRECTORY (256u * 1024 * 1024)

/* Fixed parts of the records, and what they begin with. */
enum {
    END_SIZE = 22, END64_SIZE = 56, LOCATOR_SIZE = 20, ENTRY_SIZE = 46,
    MAX_COMMENT = 0xffff,
};
#define END_MARK 0x06054b50u
#define END64_MARK 0x06064b50u
#define LOCATOR_MARK 0x07064b50u
#define ENTRY_MARK 0x02014b50u

typedef _PyPrincipalZip_Archive archive;
typedef _PyPrincipalZip_Entry entry;
#define read_at _PyPrincipalZip_ReadAt

_PyPrincipalZip_Status
_PyPrincipalZip_ReadAt(const archive *a, uint64_t offset, void *out,
                       size_t n)
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

_PyPrincipalZip_Status
_PyPrincipalZip_Find(archive *a, const char *member, entry *e)
{
    struct stat st;
    if (fstat(a->fd, &st) < 0) {
        return _PyPrincipalZip_UNREADABLE;
    }
    if (!S_ISREG(st.st_mode)) {
        return _PyPrincipalZip_NOT_A_ZIP;
    }
    a->size = (uint64_t)st.st_size;
    _PyPrincipalZip_Status status = find_end(a);
    return status == _PyPrincipalZip_OK ? find_member(a, member, e) : status;
}
