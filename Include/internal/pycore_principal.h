/* To whom does code belong?

   Every code object carries the identity of its principal in a field that
   no Python code can write (PyCodeObject._co_principal).  The value is the
   id of a SET of dependencies, interned here, with flag bits above it:

       0   the standard library: transparent, it acts for whoever called it
       1   the application
       2   unknown: nobody can be named, so nothing can be granted
       3…  one dependency, or several jointly

   The tables are process wide and append only: an id, once handed out, means
   the same for ever and in every interpreter, so readers take no lock. */

#ifndef Py_INTERNAL_PRINCIPAL_H
#define Py_INTERNAL_PRINCIPAL_H
#ifdef __cplusplus
extern "C" {
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define _PyPrincipal_STDLIB       0u
#define _PyPrincipal_APPLICATION  1u
#define _PyPrincipal_UNKNOWN      2u
#define _PyPrincipal_FIRST        3u

/* Flags above the set id, in code objects only. */
#define _PyPrincipal_BODY         (1u << 31)  /* a module's top-level code,
                                                 as the C loader made it */
#define _PyPrincipal_IMPORT       (1u << 30)  /* the import system's own */
#define _PyPrincipal_FOUND        (1u << 29)  /* calls what it finds
                                                 (policy_stack_found.c) */
#define _PyPrincipal_WRITES       (1u << 28)  /* calls write() of something
                                                 (policy_stack_called.c) */
#define _PyPrincipal_CALLS        (1u << 27)  /* calls what anybody may have
                                                 put there
                                                 (policy_stack_callers.c) */
#define _PyPrincipal_UNTOLD       (1u << 26)  /* of the last two, nobody has
                                                 asked yet which it has */
#define _PyPrincipal_LOOKS                                                  \
    (_PyPrincipal_FOUND | _PyPrincipal_WRITES | _PyPrincipal_CALLS           \
     | _PyPrincipal_UNTOLD)
#define _PyPrincipal_SET          ((1u << 21) - 1)

/* The set that holds one dependency of that name (UTF-8: `requests`,
   `google.cloud.storage`, `/opt/plugins/foo`, `foo.pth`).  UNKNOWN when the
   tables are full or memory is short: that grants nothing. */
extern uint32_t _PyPrincipal_Named(const char *name);

/* The union of two sets.  Identity is inherited downwards: with the standard
   library or the application the other one stands, so that joint code is
   never freer than its least trusted maker. */
extern uint32_t _PyPrincipal_Join(uint32_t a, uint32_t b);

/* Principals of a set (indices for _PyPrincipal_Name), sorted; the array
   lives for ever.  None for STDLIB and APPLICATION. */
PyAPI_FUNC(size_t) _PyPrincipal_Members(uint32_t set,
                                        const uint32_t **members);

/* Is any dependency known by now?  Before that none can act. */
extern bool _PyPrincipal_HaveNames(void);

/* Is the interpreter still alone?  From where a policy is in force to where
   code, or a mark or a base on a stack, gets another set than STDLIB, or the
   application begins.  Until then there is nobody who could be refused
   anything, and most of a start needs no judgement.  Never again true. */
extern int _PyPrincipal_Alone;

extern void _PyPrincipal_EndAlone(void);

/* Somebody of that set is about to appear. */
static inline void
_PyPrincipal_Appears(uint32_t set)
{
    if (set != _PyPrincipal_STDLIB
        && _Py_atomic_load_int_relaxed(&_PyPrincipal_Alone))
    {
        _PyPrincipal_EndAlone();
    }
}

/* The name of a principal, by the index that _PyPrincipal_Members gives;
   "<unknown>" for the one that UNKNOWN holds.  Lives for ever. */
PyAPI_FUNC(const char *) _PyPrincipal_Name(uint32_t principal);

/* Is it (its first `len` bytes) the name of a top-level module of the
   standard library? */
extern bool _PyPrincipal_IsStdlibName(const char *name, size_t len);

/* Sorted; sysmodule.c has them, from Python/stdlib_module_names.h. */
typedef struct {
    const char *const *names;
    size_t n;
} _PyPrincipal_Names;
extern const _PyPrincipal_Names _PyPrincipal_Stdlib;

/* Start-up only (policy_setup.c): which directories hold what.  Paths are
   absolute, resolved, in the file system encoding.  The longest root that
   holds a file decides; on a tie the first kind of this enumeration. */
typedef enum {
    _PyPrincipal_ROOT_STDLIB,
    _PyPrincipal_ROOT_DEPENDENCIES,    /* site-packages, PYTHONPATH entries */
    _PyPrincipal_ROOT_APPLICATION,     /* a directory, or an archive */
} _PyPrincipalRoot;

/* While the interpreter starts.  0, or -1 when memory is short.  "/" is never
   an application's root. */
extern int _PyPrincipal_AddRoot(_PyPrincipalRoot kind, const char *path);

/* The directories of that kind, in the order in which they were added:
   *paths is an array that lives until the next AddRoot. */
extern size_t _PyPrincipal_Roots(_PyPrincipalRoot kind,
                                 const char *const **paths);

/* Whose code is in this file?  The path need not be resolved.  `at` is the
   status of the directory in which the file was opened; NULL: whatever the
   path says now.  *canonical,
   when asked for, becomes the dotted name under which the file would be
   imported from its root ("" when there is none); the caller frees it with
   PyMem_RawFree.  Never fails: UNKNOWN when in doubt. */
struct stat;
extern uint32_t _PyPrincipal_OfFile(const char *path, const struct stat *at,
                                    char **canonical);

/* Does a lock say which content the file has?  Then what RECORD has for it
   (policy_lock.h).  And whose is it when it has another? */
extern bool _PyPrincipal_PinOf(const char *path, const struct stat *at,
                               char *pin);
extern uint32_t _PyPrincipal_NotAsLocked(const char *path,
                                         const struct stat *at);

/* The same for a `.pth` file's lines: its name where it lies in a root of
   dependencies, else its path.  Fills the pin, as above. */
extern uint32_t _PyPrincipal_OfPth(const char *path, const struct stat *at,
                                   char *pin);

/* The same for a member of a zip archive; both names as the archive's own
   directory has them, the member with slashes.  *kept: the archive is one that
   the application has among its files, and not the application itself. */
extern uint32_t _PyPrincipal_OfArchive(const char *archive,
                                       const struct stat *at,
                                       const char *member, bool *kept);

/* Does the file lie where code is expected: in a root of any kind, or in the
   source of an editable install?  `at` as above. */
extern bool _PyPrincipal_IsPlaced(const char *path, const struct stat *at);

/* Does the C loader say just now that it opens a file which it calls by this
   very object (borrowed)?  1: and it is code in such a place; 0: it does not;
   -1: it does, and it is anything else. */
extern int _PyPrincipal_ReadsCode(PyObject *name);

/* What is installed in the roots of dependencies; read on the first call,
   then immutable.  NULL when memory is short. */
extern const struct _PyDistributions *_PyPrincipal_Distributions(void);

/* Is it one dependency, and is it known to be an installed distribution's,
   which says itself what it requires?  False as long as nobody has asked what
   is installed. */
extern bool _PyPrincipal_IsDeclared(uint32_t set);

/* --- Seams: what upstream's code calls ---------------------------------- */

#ifdef Py_BUILD_CORE
/* principal_imports.c: remember what a loaded module's code imports with
   absolute import statements; ask whether one of them names a principal;
   step through them all (*cursor is NULL before the first); and through
   whose code has any (*cursor is 0 before the first). */
extern void _PyPrincipal_NoteImports(uint32_t set, PyCodeObject *code);
extern bool _PyPrincipal_DoesImport(uint32_t set, const char *name);
extern const char *_PyPrincipal_NextImport(uint32_t set,
                                           const void **cursor);
extern const char *_PyPrincipal_NextImporter(size_t *cursor);

/* Is a policy in force?  Set once, before any file is imported. */
PyAPI_DATA(int) _PyPolicy_Active;

/* The same for seams: the compiler lays out the way without a policy as if
   the seam were not there, and judges whether a function is short enough to
   be inlined by that way. */
#if defined(__GNUC__) || defined(__clang__)
#  define _PyPolicy_SELDOM(CONDITION) __builtin_expect(!!(CONDITION), 0)
#else
#  define _PyPolicy_SELDOM(CONDITION) (CONDITION)
#endif
#define _PyPolicy_IsActive() _PyPolicy_SELDOM(_PyPolicy_Active)

/* Who judges audit events?  Zero: nobody. */
#define _PyPolicy_JUDGES 1              /* a policy is in force */
#define _PyPolicy_MANAGES 2             /* a security manager is */
PyAPI_DATA(int) _PyPolicy_Judges;

extern uint32_t _PyPrincipal_Maker(PyObject *filename);

/* code.replace() begins: its audit event is not to be judged, for what counts
   is what is replaced, which _PyPrincipal_FromParts() sees.  And: is the event
   code.__new__ one of those? */
extern void _PyPrincipal_NoteReplace(void);
extern bool _PyPrincipal_IsReplace(void);

/* The same for security managers. */
extern bool _PyPrincipal_IsManagedReplace(void);

static inline void
_PyPrincipal_Replace(void)
{
    if (_PyPolicy_Judges) {
        _PyPrincipal_NoteReplace();
    }
}

/* codeobject.c, init_code(): a code object is made here and now; it has its
   file's name. */
static inline void
_PyPrincipal_NewCode(PyCodeObject *code)
{
    code->_co_principal = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive()) {
        code->_co_principal = _PyPrincipal_Maker(code->co_filename);
    }
}
#endif

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_H */
