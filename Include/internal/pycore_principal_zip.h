#ifndef Py_INTERNAL_PRINCIPAL_ZIP_H
#define Py_INTERNAL_PRINCIPAL_ZIP_H

/* What does this member of this archive hold?  Read from the file itself,
 * so that nobody needs to believe what Python code remembers about it.
 *
 * No Python object, no interpreter and no global state is involved; any
 * thread may call at any time. */

#include "pycore_policy_export.h" // PyAPI_FUNC()

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

typedef enum {
    _PyPrincipalZip_OK = 0,
    _PyPrincipalZip_NO_MEMBER,      /* a sound archive, without this member */
    _PyPrincipalZip_NO_MEMORY,
    _PyPrincipalZip_UNREADABLE,     /* the operating system says no */
    _PyPrincipalZip_NOT_A_ZIP,
    _PyPrincipalZip_DAMAGED,        /* offsets, sizes, data or checksum */
    _PyPrincipalZip_AMBIGUOUS,      /* two members of this name */
    _PyPrincipalZip_UNSUPPORTED,    /* encrypted, another method, many disks */
    _PyPrincipalZip_TOO_LARGE,
} _PyPrincipalZip_Status;

/* What the directory says of a member: sizes are of the contents. */
typedef struct {
    uint16_t date;                  /* as MS-DOS packs it: */
    uint16_t time;                  /* local time, to two seconds */
    uint32_t crc;
    uint64_t size;
} _PyPrincipalZip_Info;

/* Inflate a raw deflate stream of `n` bytes to exactly `out_len` bytes:
 * 0, -1 if it holds anything else, -2 for lack of memory. */
typedef int (*_PyPrincipalZip_InflateFunc)(
    void *ctx, const unsigned char *in, size_t n,
    unsigned char *out, size_t out_len);

/* Read `member` ("pkg/mod.py") of the archive.  `data` receives memory from
 * PyMem_RawMalloc with a zero byte behind the contents, and is the caller's
 * to free; with `data` NULL only `info` is filled, nothing is decompressed.
 * `inflate` NULL stands for _PyPrincipalZip_Inflate.  `info` may be NULL. */
PyAPI_FUNC(_PyPrincipalZip_Status) _PyPrincipalZip_Read(
    const char *archive, const char *member,
    _PyPrincipalZip_InflateFunc inflate, void *ctx, unsigned char **data,
    size_t *len, _PyPrincipalZip_Info *info);

/* The same of the archive that is open at `fd`, which stays open.  Whoever
 * opens one uses these flags: a FIFO is no archive, and must not hang. */
#define _PyPrincipalZip_OPEN (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
extern _PyPrincipalZip_Status _PyPrincipalZip_ReadFrom(
    int fd, const char *member,
    _PyPrincipalZip_InflateFunc inflate, void *ctx,
    unsigned char **data, size_t *len, _PyPrincipalZip_Info *info);

/* Our own inflate, which needs neither zlib nor an interpreter. */
extern int _PyPrincipalZip_Inflate(
    void *ctx, const unsigned char *in, size_t n,
    unsigned char *out, size_t out_len);

/* Seconds since the epoch of a member's time stamp, read as local time just
 * as zipimport does when it compares with a compiled file; -1: no time. */
PyAPI_FUNC(int64_t) _PyPrincipalZip_Mtime(const _PyPrincipalZip_Info *info);

/* What a status means, for a message: "is not a zip archive", ... */
PyAPI_FUNC(const char *) _PyPrincipalZip_Message(
    _PyPrincipalZip_Status status);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_ZIP_H */
