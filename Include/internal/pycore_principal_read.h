/* What does this file hold, and where does it really lie? */

#ifndef Py_INTERNAL_PRINCIPAL_READ_H
#define Py_INTERNAL_PRINCIPAL_READ_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <sys/stat.h>

/* The directory of a file, open: what is read through it lies in it, even
   when a link is turned or a directory renamed meanwhile. */
typedef struct {
    int fd;                     /* of the directory; -1: not open */
    struct stat st;             /* of the directory */
    PyObject *path;             /* the file's, as given (borrowed) */
    PyObject *encoded;          /* the same as bytes */
    const char *base;           /* the file's own name, in `encoded` */
} _PyPrincipalDir;

/* The path as the file system has it, as bytes.  0, or -1 with an exception
   set. */
extern int _PyPrincipalRead_Encode(PyObject *path, PyObject **encoded);

/* 0, or -1 with OSError or ValueError set.  Close in either case. */
extern int _PyPrincipalRead_Open(_PyPrincipalDir *dir, PyObject *path);
extern void _PyPrincipalRead_Close(_PyPrincipalDir *dir);

/* The status of the file itself: 0, or -1 with errno set. */
extern int _PyPrincipalRead_Stat(const _PyPrincipalDir *dir,
                                 struct stat *st);

/* The file itself, opened with those flags: a descriptor, or -1 with errno
   set. */
extern int _PyPrincipalRead_OpenFile(const _PyPrincipalDir *dir, int flags);

/* Is the file itself a symbolic link? */
extern bool _PyPrincipalRead_IsLink(const _PyPrincipalDir *dir);

/* The contents, as bytes, of the file itself (`relative` NULL) or of one
   below its directory; `name` is what audit hooks and errors call it.  *st,
   when asked for, is the status of what was read.  NULL with an exception
   set. */
extern PyObject *_PyPrincipalRead_File(const _PyPrincipalDir *dir,
                                       const char *relative, PyObject *name,
                                       struct stat *st);

/* Say that the archive is opened, of which members are read; -1 when that is
   refused. */
extern int _PyPrincipalRead_AuditArchive(const _PyPrincipalDir *dir,
                                         PyObject *name);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_READ_H */
