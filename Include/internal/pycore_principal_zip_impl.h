/* What the two halves of the zip reader share: where a member is
   (principal_zip.c), and what it holds (principal_zip_member.c). */

#ifndef Py_INTERNAL_PRINCIPAL_ZIP_IMPL_H
#define Py_INTERNAL_PRINCIPAL_ZIP_IMPL_H

#include "pycore_principal_zip.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int fd;                     /* the caller's */
    uint64_t size;              /* of the file */
    uint64_t base;              /* what offsets in the archive count from */
    uint64_t directory;         /* where the directory begins, in the file */
    uint64_t directory_size;
} _PyPrincipalZip_Archive;

/* What the directory says of a member; nothing of it is checked. */
typedef struct {
    unsigned flags, method;
    uint64_t compressed, offset;
    _PyPrincipalZip_Info info;
} _PyPrincipalZip_Entry;

/* Find the member in the archive that is open at a->fd; fills the rest of
 * both. */
extern _PyPrincipalZip_Status _PyPrincipalZip_Find(
    _PyPrincipalZip_Archive *a, const char *member,
    _PyPrincipalZip_Entry *e);

/* All of `n` bytes at `offset`, which must be in the file. */
extern _PyPrincipalZip_Status _PyPrincipalZip_ReadAt(
    const _PyPrincipalZip_Archive *a, uint64_t offset, void *out, size_t n);

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

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_ZIP_IMPL_H */
