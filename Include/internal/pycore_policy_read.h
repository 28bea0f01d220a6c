#ifndef Py_INTERNAL_POLICY_READ_H
#define Py_INTERNAL_POLICY_READ_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>            // dev_t, ino_t

/* What does this file hold, at one moment?  For the few files that are read
   before there is anything that could report an error: whatever goes wrong
   has been said, in one line on standard error, when -1 comes back. */

typedef struct {
    char *text;                 /* a NUL behind it; PyMem_RawFree */
    size_t len;
    dev_t device;               /* of the file, or of the archive */
    ino_t inode;
} _PyPolicyFile;

/* 1: read.  0: there is certainly no such file.  -1: everything else; a link
   that leads nowhere, a directory, a pipe, no permission, too large (more
   than `limit` bytes), never the same twice. */
extern int _PyPolicyRead_File(const char *path, size_t limit,
                              _PyPolicyFile *file);

/* The same for a member of a zip archive, which must exist itself. */
extern int _PyPolicyRead_Member(const char *archive, const char *member,
                                size_t limit, _PyPolicyFile *file);

/* Is this a zip archive, as far as the import system will say so too?  1, 0,
   or -1 when it is a damaged one, which might have held a policy. */
extern int _PyPolicyRead_IsArchive(const char *path);

/* Is there a file of this name, of whatever kind?  1, 0 or -1 as above.
   `member` NULL: on the disk; else in the archive `path`. */
extern int _PyPolicyRead_Exists(const char *path, const char *member);

/* Write "FILE: what is wrong" on standard error.  Always -1. */
#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
extern int _PyPolicyRead_Fail(const char *file, const char *format, ...);
extern int _PyPolicyRead_NoMemory(void);

/* Write one line, made for people elsewhere, on standard error. */
extern void _PyPolicyRead_Line(const char *text);

/* Paths.  What is made here is PyMem_RawFree's; NULL when memory is short,
   which has then been said. */
extern char *_PyPolicyRead_Copy(const char *text);

/* "DIR/NAME", or NAME alone when it is absolute. */
extern char *_PyPolicyRead_Join(const char *dir, const char *name);

/* The current directory, or "." where it has no name that fits. */
extern char *_PyPolicyRead_CurrentDirectory(void);

/* "DIR/NAME" with the directory resolved, but not the name.  NULL also when
   that is impossible. */
extern char *_PyPolicyRead_Canonical(const char *path);

/* Cut the last component off, in place: "/a/b" to "/a", "/a" to "/", "a" to
   ".". */
extern void _PyPolicyRead_ToDirname(char *path);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_READ_H
