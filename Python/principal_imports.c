/* What does a dependency's code import with an import statement?

   A package that was installed says in its metadata what it requires, and a
   grant to it reaches that far.  Code of no distribution (a directory on
   PYTHONPATH, a plug-in somewhere on the disk) has no metadata, so its own
   statements are its declaration.  They are read off the genuine bytecode
   when the C loader has made it: nothing that runs later can add one.

   Kept per principal: the dotted names of absolute imports, but not of the
   standard library's modules, whose names a dependency may bear too; and for
   `from a import b` also `a.b`, because b may be a package of its own below
   a namespace.  Process wide and append only, under a mutex.

   Every module of every dependency comes here when it is loaded, and nothing
   may ever ask.  So whoever has been found in the metadata by then is passed
   over, since nobody will ask for his statements; so are functions in whose
   bytecode the instruction does not occur; and whether a name is there
   already is looked up in a table of hashes. */

#include "Python.h"
#include "pycore_code.h"          // _PyCode_CODE()
#include "pycore_long.h"          // _PyLong_IsZero()
#include "pycore_opcode_metadata.h"
#include "pycore_opcode_utils.h"
#include "pycore_policy_text.h"   // _PyPolicyText_Hash()
#include "pycore_principal.h"

#include <string.h>

#define BUCKETS 256

typedef struct import_entry {
    struct import_entry *next;    /* of the same principal */
    struct import_entry *beside;  /* in the same bucket */
    uint32_t set;
    char name[];
} import_entry;

typedef struct {
    uint32_t set;
    import_entry *first;
} importer;

static struct {
    PyMutex mutex;
    importer *importers;          /* in no order: they are few */
    size_t n;
    import_entry *buckets[BUCKETS];
} imports;

static importer *
importer_of(uint32_t set, bool make)
{
    for (size_t i = 0; i < imports.n; i++) {
        if (imports.importers[i].set == set) {
            return &imports.importers[i];
        }
    }
    if (!make) {
        return NULL;
    }
    importer *grown = PyMem_RawRealloc(
        imports.importers, (imports.n + 1) * sizeof(importer));
    if (grown == NULL) {
        return NULL;
    }
    imports.importers = grown;
    grown[imports.n] = (importer){.set = set};
    return &grown[imports.n++];
}

/* An entry that is not to be found in its bucket yet. */
static import_entry *
made_entry(uint32_t set, const char *base, size_t a, const char *attribute,
           size_t b)
{
    import_entry *e = PyMem_RawMalloc(sizeof(*e) + a + b + 1);
    if (e != NULL) {
        e->set = set;
        memcpy(e->name, base, a + 1);
        if (attribute != NULL) {
            e->name[a] = '.';
            memcpy(e->name + a + 1, attribute, b);
        }
    }
    return e;
}

/* A name that cannot be kept is an import that was not declared: that
   grants less, so there is nothing to report. */
static void
add_name(uint32_t set, const char *base, const char *attribute)
{
    size_t a = strlen(base), b = attribute ? strlen(attribute) + 1 : 0;
    import_entry *e = made_entry(set, base, a, attribute, b);
    if (e == NULL) {
        return;
    }
    import_entry **bucket = &imports.buckets[
        (_PyPolicyText_Hash(e->name, a + b) ^ set) % BUCKETS];
    PyMutex_Lock(&imports.mutex);
    const import_entry *known = *bucket;
    while (known != NULL
           && (known->set != set || strcmp(known->name, e->name) != 0))
    {
        known = known->beside;
    }
    importer *who = known == NULL ? importer_of(set, true) : NULL;
    if (who != NULL) {
        e->beside = *bucket;
        *bucket = e;
        e->next = who->first;
        who->first = e;
    }
    PyMutex_Unlock(&imports.mutex);
    if (who == NULL) {
        PyMem_RawFree(e);
    }
}

static bool
is_constant(PyObject *consts, int i)
{
    return i >= 0 && i < PyTuple_GET_SIZE(consts);
}

/* IMPORT_NAME takes the level and the list of names from the two constants
   that were loaded just before. */
static void
note_statement(uint32_t set, PyCodeObject *code, int name, int level,
               int fromlist)
{
    if (!is_constant(code->co_consts, level)
        || !is_constant(code->co_consts, fromlist)
        || name >= PyTuple_GET_SIZE(code->co_names))
    {
        return;
    }
    PyObject *l = PyTuple_GET_ITEM(code->co_consts, level);
    PyObject *from = PyTuple_GET_ITEM(code->co_consts, fromlist);
    const char *base = PyUnicode_AsUTF8(PyTuple_GET_ITEM(code->co_names,
                                                         name));
    if (base == NULL) {
        PyErr_Clear();
        return;
    }
    if (!PyLong_CheckExact(l) || !_PyLong_IsZero((PyLongObject *)l)
        || _PyPrincipal_IsStdlibName(base, strcspn(base, ".")))
    {
        return;
    }
    add_name(set, base, NULL);
    for (Py_ssize_t i = 0; PyTuple_Check(from) && i < PyTuple_GET_SIZE(from);
         i++)
    {
        PyObject *attribute = PyTuple_GET_ITEM(from, i);
        const char *text = PyUnicode_Check(attribute)
                           ? PyUnicode_AsUTF8(attribute) : NULL;
        if (text != NULL) {
            add_name(set, base, text);
        }
        else {
            PyErr_Clear();
        }
    }
}

static void
note_statements(uint32_t set, PyCodeObject *code)
{
    int before[2] = {-1, -1}, extended = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(code); i++) {
        int opcode = _Py_GetBaseOpcode(code, (int)i);
        int arg = _PyCode_CODE(code)[i].op.arg | extended << 8;
        extended = opcode == EXTENDED_ARG ? arg : 0;
        if (opcode == LOAD_CONST) {
            before[0] = before[1];
            before[1] = arg;
        }
        else if (opcode == IMPORT_NAME) {
            note_statement(set, code, arg, before[0], before[1]);
        }
        i += _PyOpcode_Caches[_PyOpcode_Deopt[opcode]];
    }
}

/* Is there such an instruction among the bytecode's opcodes, caches included?
   Decoding it takes twenty times as long as searching it for one byte, and
   few functions import anything. */
static bool
may_import(PyCodeObject *code)
{
    const char *first = (const char *)_PyCode_CODE(code), *at = first;
    const char *end = first + Py_SIZE(code) * sizeof(_Py_CODEUNIT);
    while ((at = memchr(at, IMPORT_NAME, (size_t)(end - at))) != NULL) {
        if ((size_t)(at - first) % sizeof(_Py_CODEUNIT)
            == offsetof(_Py_CODEUNIT, op.code))
        {
            return true;
        }
        at++;
    }
    return false;
}

static void
note_code(uint32_t set, PyCodeObject *code)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        if (PyCode_Check(constant)) {
            note_code(set, (PyCodeObject *)constant);
        }
    }
    if (may_import(code)) {
        note_statements(set, code);
    }
}

void
_PyPrincipal_NoteImports(uint32_t set, PyCodeObject *code)
{
    set &= _PyPrincipal_SET;
    if (!_PyPrincipal_IsDeclared(set)) {
        note_code(set, code);
    }
}

/* Is `name` what the statement imports, or the package that holds it? */
static bool
names_principal(const char *imported, const char *name, size_t len)
{
    return strncmp(imported, name, len) == 0
           && (imported[len] == '\0' || imported[len] == '.');
}

bool
_PyPrincipal_DoesImport(uint32_t set, const char *name)
{
    bool found = false;
    size_t len = strlen(name);
    PyMutex_Lock(&imports.mutex);
    const importer *who = importer_of(set, false);
    for (const import_entry *e = who ? who->first : NULL;
         e != NULL && !found; e = e->next)
    {
        found = names_principal(e->name, name, len);
    }
    PyMutex_Unlock(&imports.mutex);
    return found;
}

const char *
_PyPrincipal_NextImport(uint32_t set, const void **cursor)
{
    PyMutex_Lock(&imports.mutex);
    const import_entry *e = *cursor;
    if (e != NULL) {
        e = e->next;
    }
    else {
        const importer *who = importer_of(set, false);
        e = who ? who->first : NULL;
    }
    PyMutex_Unlock(&imports.mutex);
    *cursor = e;
    return e ? e->name : NULL;
}

const char *
_PyPrincipal_NextImporter(size_t *cursor)
{
    const uint32_t *members = NULL;
    PyMutex_Lock(&imports.mutex);
    while (*cursor < imports.n
           && _PyPrincipal_Members(imports.importers[(*cursor)++].set,
                                   &members) != 1)
    {
        members = NULL;
    }
    PyMutex_Unlock(&imports.mutex);
    return members != NULL ? _PyPrincipal_Name(members[0]) : NULL;
}
