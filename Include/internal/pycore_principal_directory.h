/* Which directories hold what?  What principal_directory.c tells to
   principal_file.c, which answers for files. */

#ifndef Py_INTERNAL_PRINCIPAL_DIRECTORY_H
#define Py_INTERNAL_PRINCIPAL_DIRECTORY_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_principal.h"

#include <sys/types.h>            // dev_t, ino_t

typedef struct {
    char *path;                   /* resolved, no slash at the end */
    size_t len;
    _PyPrincipalRoot kind;
} _PyPrincipalRootDir;

/* A directory and what it says of the files in it. */
typedef struct _PyPrincipalPlace {
    struct _PyPrincipalPlace *next;
    const _PyPrincipalRootDir *root;    /* NULL: elsewhere */
    uint32_t set;                 /* of a package's files; UNKNOWN when each
                                     file here is a module of its own */
    size_t prefix;                /* in `dir`: where the path below the root
                                     begins */
    bool is_package;
    dev_t device;
    ino_t inode;
    char *key;                    /* the directory as given */
    char dir[];                   /* the directory, resolved */
} _PyPrincipalPlace;

/* The directory of a path, and in *file the rest of it; `at` as in
   _PyPrincipal_OfFile().  It lives for ever.  NULL: not to be told. */
extern const _PyPrincipalPlace *_PyPrincipalPlace_OfPath(
    const char *path, const struct stat *at, const char **file);

/* The root that holds a resolved path; NULL when none does. */
extern const _PyPrincipalRootDir *_PyPrincipalPlace_Root(const char *path);

/* Has the path a component that package installers reserve? */
extern bool _PyPrincipalPlace_IsInstalled(const char *path);

/* The principal that bytes `from` to `end` of a path name; from 0 it is the
   path that names it. */
extern uint32_t _PyPrincipalPlace_Named(const char *path, size_t from,
                                        size_t end);

/* `google/cloud/storage` -> `google.cloud.storage`, in place. */
extern void _PyPrincipalPlace_Dots(char *name);

/* Is this how a module's file name may go on behind its first dot? */
extern bool _PyPrincipalPlace_IsModuleSuffix(const char *suffix);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_DIRECTORY_H */
