/* What a list of path targets is made of.

   Between policy_target_path.c, which holds the list, and the files that know
   one kind of target each.  Pure, and compiled alone for tests. */

#ifndef Py_INTERNAL_POLICY_TARGET_PATH_H
#define Py_INTERNAL_POLICY_TARGET_PATH_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#endif

#include <string.h>

#include "pycore_policy_target.h"

/* --- What a target looks like (policy_target_path_check.c) --------------- */

/* How long is the first component, and which place is it?  NULL: none. */
extern const char *_PyPolicyPath_PlaceOf(const char *text, size_t *len);

/* --- Components ---------------------------------------------------------- */

/* From one "/" to the next, or to the end. */
static inline size_t
_PyPolicyPath_Component(const char *part, const char *end)
{
    const char *slash = memchr(part + 1, '/', (size_t)(end - part - 1));
    return (size_t)((slash != NULL ? slash : end) - part);
}

static inline bool
_PyPolicyPath_IsBelow(const char *path, size_t len, const char *dir,
                      size_t dir_len)
{
    return len >= dir_len && memcmp(path, dir, dir_len) == 0
           && (len == dir_len || path[dir_len] == '/');
}

/* --- Paths without wildcards (policy_target_path_table.c) ----------------

   A path begins with "/" and does not end with one; the root has length 0.
   Tables point to the paths and do not own them. */

typedef struct {
    const char *path;
    size_t len;
    uint64_t hash;
} _PyPolicyPathEntry;

typedef struct {
    _PyPolicyPathEntry *slots;  /* n_slots: a power of two, or 0 */
    size_t n_slots;
    size_t n_used;
    uint64_t lengths;           /* bit len % 64 for each entry: most of the
                                   prefixes of a path need no look at the
                                   slots, which are seldom in a cache */
    bool everything;            /* "/" */
} _PyPolicyPathTable;

/* Room for n entries, or none for 0.  -1 when memory is short.  Clear() frees
   it, also where it was never made. */
extern int _PyPolicyPathTable_Init(_PyPolicyPathTable *table, size_t n);
extern void _PyPolicyPathTable_Clear(_PyPolicyPathTable *table);

/* Add a path; or all directories above it. */
extern void _PyPolicyPathTable_Add(_PyPolicyPathTable *table,
                                   const char *path, size_t len);
extern void _PyPolicyPathTable_AddAbove(_PyPolicyPathTable *table,
                                        const char *path, size_t len);

/* Does it hold the path or a directory above it?  Exactly this path?  One that
   is this directory, or lies below it? */
extern bool _PyPolicyPathTable_Holds(const _PyPolicyPathTable *table,
                                     const char *path, size_t len);
extern bool _PyPolicyPathTable_Has(const _PyPolicyPathTable *table,
                                   const char *path, size_t len);
extern bool _PyPolicyPathTable_Reaches(const _PyPolicyPathTable *table,
                                       const char *dir, size_t len);

/* The entry that holds the path, if any does that is not "/". */
extern const _PyPolicyPathEntry *_PyPolicyPathTable_Find(
    const _PyPolicyPathTable *table, const char *path, size_t len);

/* --- Globs (policy_target_glob.c) ---------------------------------------- */

typedef struct {
    const char *prefix;         /* what comes before the first wildcard's
                                   component; ends before its "/" */
    size_t prefix_len;
    uint32_t *tokens;
    size_t n_tokens;
    bool package;               /* the prefix goes on from "$PKG" */
    bool below;                 /* holds what is below what it matches */
} _PyPolicyGlob;

extern bool _PyPolicyGlob_IsOne(const char *text, size_t len);

/* Compile a path that has a wildcard behind its first `rest` bytes, which are
   whole components.  The glob points to the path, which it does not own.  -1
   when memory is short.  Clear() frees it. */
extern int _PyPolicyGlob_Init(_PyPolicyGlob *glob, const char *path,
                              size_t len, size_t rest);
extern void _PyPolicyGlob_Clear(_PyPolicyGlob *glob);

/* `below`: hold what is below what it matches, whatever it looks like. */
extern bool _PyPolicyGlob_Matches(const _PyPolicyGlob *glob,
                                  const char *path, size_t len, bool below);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_TARGET_PATH_H */
