#ifndef Py_INTERNAL_POLICY_FIND_H
#define Py_INTERNAL_POLICY_FIND_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_content.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where may a policy come from?  In the order in which they are looked for. */
typedef enum {
    _PyPolicyOrigin_OPTION,         /* -X importpolicy=FILE */
    _PyPolicyOrigin_VARIABLE,       /* PYTHONPOLICY=FILE */
    _PyPolicyOrigin_SCRIPT,         /* beside, or inside, what is run */
    _PyPolicyOrigin_DIRECTORY,      /* the current directory */
    _PyPolicyOrigin_ENVIRONMENT,    /* pyvenv.cfg */
    _PyPolicyOrigin_INSTALLATION,   /* PREFIX/etc/python/policy.json */
} _PyPolicyOrigin;
#define _PyPolicyOrigin_COUNT (_PyPolicyOrigin_INSTALLATION + 1)

/* For people, and for a child; never NULL below COUNT. */
extern const char *_PyPolicyOrigin_Name(_PyPolicyOrigin origin);

/* A place to look at.  All strings are PyMem_Raw*, in the file system
   encoding. */
typedef struct {
    _PyPolicyOrigin origin;
    char *path;                 /* the file, or the archive that holds it */
    char *member;               /* its name in the archive, else NULL */
    char *named_by;             /* who says that it must exist; else NULL */
    bool inherited;             /* … the interpreter that started this one, */
    char mark[_PyPolicyContent_MARK];   /* which read exactly this */
    _PyPolicyContent content;   /* until the digest is known */
    char digest[_PyPolicyDigest_SIZE];  /* "" until somebody asks */
} _PyPolicySource;

/* What is known before any policy has been read. */
typedef struct {
    _PyPolicySource *sources;
    size_t n_sources;
    char *program;              /* the directory, or the archive, that the
                                   main program comes from; NULL for none */
    char *venv;                 /* the virtual environment, or NULL */
    bool system_site;           /* … may see what is installed outside it */
    char **inherited;           /* application directories of the parent */
    size_t n_inherited;
    bool has_parent;            /* policies were handed down */
    char **installed;           /* the parent's directories of dependencies */
    size_t n_installed;
    char *cache;                /* its cache of compiled code, "" for none;
                                   NULL: it did not say */
    char *search;               /* the PATH that the parent looks names of
                                   programs up on, or NULL */
    char *tmp, *home;           /* the parent's $TMP and $HOME, "" for none;
                                   NULL: there is no parent */
    char **dropped;             /* notes of what the parent has dropped */
    size_t n_dropped;
    uint32_t starter;           /* who acted in the parent (a set) */
    uint64_t key;               /* of the parent's marks; else 0 */
} _PyPolicyFound;

/* Fill *found, which is zero at first.  0, or -1 when that was impossible
   and has been said.  Clear it in both cases. */
extern int _PyPolicyFind_Sources(const PyConfig *config,
                                 _PyPolicyFound *found);
extern void _PyPolicyFind_Clear(_PyPolicyFound *found);

/* Add a source; takes over the strings, also when it fails (-1, said).  The
   new one, to be completed, is the last. */
extern int _PyPolicyFind_Add(_PyPolicyFound *found, _PyPolicyOrigin origin,
                             char *path, char *member, char *named_by);

/* From the configuration's wide characters to the bytes that the system
   takes; NULL when that fails, which has been said. */
extern char *_PyPolicyFind_Encode(const wchar_t *text);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_FIND_H
