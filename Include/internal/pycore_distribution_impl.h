#ifndef Py_INTERNAL_DISTRIBUTION_IMPL_H
#define Py_INTERNAL_DISTRIBUTION_IMPL_H

/* What the distribution*.c files share, and nobody else needs.
 *
 *   distribution_memory.c    arenas, arrays, files
 *   distribution_metadata.c  METADATA: names and requirements
 *   distribution_markers.c   conditions that requirements stand under,
 *   distribution_version.c   and the versions in them
 *   distribution_record.c    RECORD: which packages does it claim?
 *   distribution_directory.c all that is installed in one directory
 *   distribution_editable.c  source trees that are installed by reference
 *   distribution_build.c     all of them together: who is who, who has what
 *   distribution_lock.c      or out of a lock, in the place of all these
 *   distribution_ancestor.c  who requires whom, transitively
 *   distribution.c           the snapshot and its owners */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawRealloc realloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_distribution.h"

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define _PyDistribution_SUFFIX ".dist-info"
#define _PyDistribution_SUFFIX_LEN (sizeof(_PyDistribution_SUFFIX) - 1)

/* Is this the name of a dist-info directory? */
static inline bool
_PyDistribution_IsInfo(const char *name, size_t len)
{
    return len > _PyDistribution_SUFFIX_LEN
           && memcmp(name + len - _PyDistribution_SUFFIX_LEN,
                     _PyDistribution_SUFFIX,
                     _PyDistribution_SUFFIX_LEN) == 0;
}

/* Limits: far above anything that is installed anywhere, low enough that
 * reading ends.  What exceeds them counts as absent. */
#define _PyDistribution_MAX_NAME 256            /* of a distribution, extra */
#define _PyDistribution_MAX_PRINCIPAL 1024
#define _PyDistribution_MAX_COUNT 65536         /* distributions */
#define _PyDistribution_MAX_METADATA (1 << 20)  /* header of METADATA */
#define _PyDistribution_MAX_RECORD (32 << 20)
#define _PyDistribution_MAX_SMALL (1 << 20)     /* all other files */
#define _PyDistribution_MAX_MODULES 65536       /* outside of packages */

/* ASCII, whatever the locale. */
static inline bool
_PyDist_IsDigit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
_PyDist_IsLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
_PyDist_IsSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline char
_PyDist_Lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Memory that is given back all at once.  Blocks are aligned for pointers
 * and zeroed. */
typedef struct _PyDistArenaChunk _PyDistArenaChunk;
typedef struct {
    _PyDistArenaChunk *chunks;
} _PyDistArena;

extern void *_PyDistArena_Alloc(_PyDistArena *arena, size_t size);
extern char *_PyDistArena_String(
    _PyDistArena *arena, const char *text, size_t len);
extern void _PyDistArena_Free(_PyDistArena *arena);

/* An array that grows: room for one more item of `size` bytes, zeroed, or
 * NULL. */
typedef struct {
    void *items;
    size_t n, capacity;
} _PyDistArray;

extern void *_PyDistArray_Append(_PyDistArray *array, size_t size);
extern void _PyDistArray_Free(_PyDistArray *array);

/* A file's text with a zero byte behind it, in a buffer for use again. */
typedef struct {
    char *text;
    size_t len, capacity;
} _PyDistBuffer;

typedef enum {
    _PyDistFile_OK, _PyDistFile_ABSENT, _PyDistFile_REFUSED,
    _PyDistFile_NO_MEMORY,
} _PyDistFile_Status;

/* Read a regular file; more than `limit` bytes are refused.  `head`: no more
 * than it takes to have an empty line in it, and what follows is cut off. */
extern _PyDistFile_Status _PyDistBuffer_Read(
    _PyDistBuffer *buffer, int dirfd, const char *name, size_t limit,
    bool head);

/* Where the modules of an editable install are. */
typedef struct {
    const char *path;           /* as written, no slash at the end */
    const char *real;           /* the same, resolved */
    const char *prefix;         /* its dotted name; "" if it is a directory
                                   that holds modules */
} _PyDistRoot;

typedef struct {
    const char *name;           /* normalised; NULL: metadata unusable */
    const char *version;
    const char *directory;      /* `requests-2.32.0.dist-info` */
    int dir;                    /* index into the directories read */
    bool is_void;               /* has no name and owns nothing, but what it
                                   claims is nobody else's either */
    bool is_shadowed;           /* an earlier directory has it all */
    const char **requires;      /* Requires-Dist as written */
    size_t n_requires;
    _PyDistRoot *roots;         /* of an editable install */
    size_t n_roots;
    size_t first_claim, n_claims;   /* into _PyDistReader.claims */
} _PyDistInfo;

typedef struct {
    const char *principal;
    int info;
} _PyDistClaim;

/* What can be imported from a directory: a module file's name without its
 * suffix, or that of a directory. */
typedef struct {
    const char *name;
    bool is_module;
} _PyDistEntry;

typedef struct {
    _PyDistRoot root;           /* of no prefix */
    _PyDistEntry *entries;      /* sorted */
    size_t n_entries;
} _PyDistDirectory;

/* The snapshot.  A requirement is an edge from the distribution that states
 * it to an installed one. */
typedef struct {
    int target;
    bool plain;                 /* holds without any extra */
    uint16_t n_when, n_asks;
    const char **when;          /* holds for these of one's own extras */
    const char **asks;          /* extras of the target */
} _PyDistEdge;

typedef struct {
    const char *name, *version;
    _PyDistEdge *edges;
    size_t n_edges;
    const _PyDistRoot *roots;   /* of an editable install */
    size_t n_roots;
    const char **principals;    /* sorted */
    size_t n_principals;
} _PyDist;

typedef struct {
    const char *principal;
    int dist;                   /* -1: contested */
} _PyDistOwner;

struct _PyDistributions {
    _PyDistArena arena;
    _PyDist *dists;             /* sorted by name */
    int n_dists;
    bool editable;              /* one of them has roots */
    _PyDistOwner *owners;       /* sorted by principal */
    size_t n_owners;
    _PyDistDirectory *dirs;
    size_t n_dirs;
    _Atomic(uint64_t *) *closures;  /* by distribution: whom it covers with
                                       all its extras; then: without.  Made
                                       when first asked for */
};

static inline bool
_PyDist_IsValid(const _PyDistributions *map, int dist)
{
    return dist >= 0 && dist < map->n_dists;
}

/* State of a reading; lives until the snapshot is complete. */
typedef struct _PyDistReader {
    _PyDistArena scratch;       /* dies with the reading */
    _PyDistArena *keep;         /* lives on in the snapshot */
    _PyDistArray infos;         /* of _PyDistInfo */
    _PyDistArray claims;        /* of _PyDistClaim */
    _PyDistArray modules;       /* of distribution_record.c */
    _PyDistArray foreign;       /* claims on dist-info directories */
    _PyDistBuffer buffer;
    _PyDistArray entries;       /* of _PyDistEntry: in this directory */
    const char *path;           /* the directory that is being read, */
    int dirfd;                  /* open, */
    int dir;                    /* and its index */
} _PyDistReader;

/* Comparisons in markers; the last two are not for versions. */
typedef enum {
    _PyDistOp_NONE, _PyDistOp_LT, _PyDistOp_LE, _PyDistOp_GT, _PyDistOp_GE,
    _PyDistOp_EQ, _PyDistOp_NE, _PyDistOp_COMPATIBLE, _PyDistOp_IDENTICAL,
    _PyDistOp_IN, _PyDistOp_NOT_IN,
} _PyDistOp;

/* 1, 0, or -1 if either is no version (the right one may end in ".*"). */
extern int _PyDistVersion_Compare(
    const char *left, size_t left_len, _PyDistOp op,
    const char *right, size_t right_len);

/* All functions below return -1 for lack of memory, and only then. */

/* Read every dist-info directory in `path`, and what else is there. */
extern int _PyDistReader_Directory(
    _PyDistReader *reader, const char *path, int dir, _PyDistDirectory *out);
extern int _PyDistReader_Claim(
    _PyDistReader *reader, int info, const char *principal, size_t len);

/* Read a file of a dist-info directory into the buffer. */
extern _PyDistFile_Status _PyDistReader_File(
    _PyDistReader *reader, const char *directory, const char *file,
    size_t limit, bool head);

/* Note what the distribution claims, and which source trees it opens. */
extern int _PyDistReader_Claims(_PyDistReader *reader, int info);

/* METADATA is in the buffer: fill in the info, or make it void. */
extern int _PyDistReader_Metadata(_PyDistReader *reader, _PyDistInfo *info);

/* Is this install editable, from what does it come, and which roots do the
 * files `pth` and `finder` (NULL-terminated lists of what its RECORD has at
 * the top) open?  Fills in the roots. */
extern int _PyDistReader_Editable(
    _PyDistReader *reader, int info,
    const char *const *pth, const char *const *finder);

/* The dotted name of the file below the root: false if it has none. */
extern bool _PyDistRoot_NameOf(
    const _PyDistRoot *root, const char *path, char *out, size_t size);
/* Is there such a module or package, as NameOf would name it? */
extern bool _PyDistRoot_Has(const _PyDistRoot *root, const char *principal);

/* Is there, in this directory of the search path, something that is imported
 * under that name? */
extern bool _PyDistDirectory_Has(
    const _PyDistDirectory *dir, const char *principal);

/* Put the snapshot together from what the reader has: 0 or -1. */
extern int _PyDistributions_Assemble(
    _PyDistributions *map, _PyDistReader *reader,
    const _PyMarkerEnvironment *env);

/* The same and what is filled in later; and the end of any reading: the map,
 * or NULL when `result` is -1. */
extern int _PyDistributions_Complete(
    _PyDistributions *map, _PyDistReader *reader,
    const _PyMarkerEnvironment *env);
extern _PyDistributions *_PyDistReader_Finish(
    _PyDistributions *map, _PyDistReader *reader, int result);

/* Is the file a Python module?  Length of the module's name, or 0. */
extern size_t _PyDistRecord_ModuleStem(const char *file, size_t len);
/* Could this be one component of a module's name? */
extern bool _PyDistRecord_IsIdentifier(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_DISTRIBUTION_IMPL_H */
