/* Whose is what may be changed?

   The owner of a thing is what no Python code can set: of a class, who was
   acting when it was made (a field of PyTypeObject that Python does not see);
   of a function, whose code it is; of a module, whose body has run in its
   dictionary, which is written down here, since a module has no room for it.
   A module in which no genuine body ran belongs to whoever made it; one that
   the import system made and nobody filled, to nobody.

   Called by: policy_patch.c, policy_patch_itself.c; upstream's moduleobject.c,
   typeobject.c and import.c, where modules and classes are made. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_distribution.h"
#include "pycore_opcode_metadata.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_patch_impl.h"
#include "pycore_policy_plain.h"
#include "pycore_policy_setup.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_typeobject.h"    // _PyType_GetDict()

/* --- Whose is a module? ------------------------------------------------- */

/* From a module's dictionary to a set, with open addressing.  An entry is
   written anew when a module is made, so an address that is used again does
   no harm; a dictionary that is gone is never asked about. */
typedef struct {
    const void *dict;           /* NULL: empty */
    uint32_t set;
    bool body;                  /* a genuine body ran in it */
} owned;

static struct {
    PyMutex mutex;
    owned *entries;
    size_t size, used;          /* a power of two, or 0 */
} owners;

static owned *
find_owner(owned *entries, size_t size, const void *dict)
{
    /* The low bits of addresses are alike. */
    size_t at = (size_t)((uintptr_t)dict * UINT64_C(0x9E3779B97F4A7C15) >> 32);
    for (at &= size - 1; entries[at].dict != NULL; at = (at + 1) & (size - 1))
    {
        if (entries[at].dict == dict) {
            break;
        }
    }
    return &entries[at];
}

static bool
grow_owners(void)
{
    if ((owners.used + 1) * 3 <= owners.size * 2) {
        return true;
    }
    size_t size = owners.size ? owners.size * 2 : 64;
    owned *entries = PyMem_RawCalloc(size, sizeof(*entries));
    if (entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < owners.size; i++) {
        if (owners.entries[i].dict != NULL) {
            *find_owner(entries, size, owners.entries[i].dict) =
                owners.entries[i];
        }
    }
    PyMem_RawFree(owners.entries);
    owners.entries = entries;
    owners.size = size;
    return true;
}

/* Without memory there is no entry, and the module is nobody's. */
static void
set_owner(const void *dict, uint32_t set, bool body)
{
    PyMutex_Lock(&owners.mutex);
    if (grow_owners()) {
        owned *entry = find_owner(owners.entries, owners.size, dict);
        if (entry->dict == NULL) {
            entry->dict = dict;
            owners.used++;
        }
        else if (body && entry->body) {
            /* The body of another one in it makes it both's. */
            set = _PyPrincipal_Join(entry->set, set);
        }
        entry->set = set;
        entry->body = body;
    }
    PyMutex_Unlock(&owners.mutex);
}

/* An extension module is filled by executing it, which gives it a state. */
static bool
is_filled(const PyModuleObject *module, const owned *entry)
{
    const PyModuleDef *def = module->md_def;
    if (entry->dict == NULL || def == NULL) {
        return entry->dict == NULL || entry->body;
    }
    return def->m_slots == NULL || module->md_state != NULL;
}

/* What was there before anything was written down is the standard
   library's. */
uint32_t
_PyPolicyPatch_OwnerOfModule(const PyModuleObject *module, bool *empty)
{
    owned entry = {0};
    PyMutex_Lock(&owners.mutex);
    if (owners.size > 0) {
        entry = *find_owner(owners.entries, owners.size, module->md_dict);
    }
    PyMutex_Unlock(&owners.mutex);
    *empty = !is_filled(module, &entry)
             && (entry.set == _PyPrincipal_STDLIB || module->md_def != NULL);
    return entry.set;
}

/* Who makes a module or a class here and now?  STDLIB: nobody in
   particular. */
static uint32_t
maker(PyThreadState *tstate)
{
    if (tstate == NULL || _PyPolicyStack_IsAlone(tstate)
        || _PyPolicySetup_IsMaking(tstate->interp)
        || _PyPolicyStack_ImportSystem(tstate, NULL)
        || _PyPolicyStack_StdlibBody(tstate) || _PyPolicyStack_IsOwn(tstate))
    {
        return _PyPrincipal_STDLIB;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (acting.stdlib_body) {
        return _PyPrincipal_STDLIB;
    }
    uint32_t set = _PyPolicyBeyond_Strip(acting.set);
    if (set == _PyPrincipal_STDLIB && _PyPolicySetup_Started()) {
        return _PyPrincipal_APPLICATION;
    }
    return set;
}

/* --- Classes that nobody has yet ---------------------------------------- */

/* A decorator of a class, a metaclass, and what __init_subclass__() calls
   change a class that is handed to them before anybody else can have it.  So
   the last few classes that were made on a thread are remembered, with the
   statement that makes each: as long as that one executes nothing but calls,
   the class has not been stored anywhere. */

static int
instruction_of(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return (int)(f->instr_ptr - _PyCode_CODE(code));
}

uint32_t
_PyPrincipal_NoteClass(PyTypeObject *type)
{
    PyThreadState *tstate = _PyThreadState_GET();
    uint32_t set = maker(tstate);
    const _PyInterpreterFrame *f = set == _PyPrincipal_STDLIB
                                   ? NULL : tstate->current_frame;
    for (; f != NULL; f = f->previous) {
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            continue;
        }
        PyCodeObject *code = (PyCodeObject *)f->f_executable;
        if ((code->_co_principal & _PyPrincipal_SET) == set) {
            struct _PyPolicyThread *thread =
                &((_PyThreadStateImpl *)tstate)->policy;
            thread->fresh[thread->next_fresh++ % _PyPolicy_FRESH] =
                (struct _PyPolicyFresh){type, f, code, instruction_of(f)};
            break;
        }
    }
    return set;
}

void
_PyPrincipal_NoteReady(PyTypeObject *type)
{
    if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) && type->tp_dict == NULL) {
        type->_tp_principal = _PyPrincipal_NoteClass(type);
    }
}

/* The first attribute gives it a dictionary, so that whose it is has to be
   noted before: it will not be when it is made ready. */
bool
_PyPolicyPatch_IsUnready(PyTypeObject *type)
{
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        || (type->tp_flags & (Py_TPFLAGS_READY | Py_TPFLAGS_READYING)))
    {
        return false;
    }
    _PyPrincipal_NoteReady(type);
    return true;
}

static bool
is_only_called(PyCodeObject *code, int from, int to)
{
    while (from < to) {
        int opcode = _Py_GetBaseOpcode(code, from);
        if (opcode != CALL && opcode != CALL_KW && opcode != EXTENDED_ARG
            && opcode != NOP)
        {
            return false;
        }
        from += 1 + _PyOpcode_Caches[opcode];
    }
    return from == to;
}

static bool
is_fresh(PyThreadState *tstate, PyTypeObject *type)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    for (int i = 0; i < _PyPolicy_FRESH; i++) {
        const struct _PyPolicyFresh *fresh = &thread->fresh[i];
        if (fresh->type != type) {
            continue;
        }
        const _PyInterpreterFrame *f = tstate->current_frame;
        while (f != NULL && f != fresh->frame) {
            f = f->previous;
        }
        if (f != NULL && f->owner != FRAME_OWNED_BY_CSTACK
            && f->f_executable == fresh->code
            && is_only_called((PyCodeObject *)f->f_executable, fresh->at,
                              instruction_of(f)))
        {
            return true;
        }
    }
    return false;
}

void
_PyPrincipal_NoteModule(PyObject *dict)
{
    set_owner(dict, maker(_PyThreadState_GET()), false);
}

void
_PyPolicyPatch_BodyRuns(PyObject *dict, uint32_t set)
{
    set_owner(dict, set, true);
}

void
_PyPolicyPatch_ExtensionMade(PyObject *module, uint32_t set)
{
    set_owner(((PyModuleObject *)module)->md_dict, set, true);
}

/* --- Is it one's own? --------------------------------------------------- */

/* Two names of one distribution? */
static bool
is_sibling(uint32_t a, uint32_t b)
{
    const uint32_t *members;
    if (_PyPrincipal_Members(a, &members) != 1) {
        return false;
    }
    const char *one = _PyPrincipal_Name(members[0]);
    if (_PyPrincipal_Members(b, &members) != 1 || members[0] == 0) {
        return false;
    }
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed == NULL) {
        return false;
    }
    int owner = _PyDistributions_OwnerOf(installed, one);
    return owner >= 0 && owner == _PyDistributions_OwnerOf(
                             installed, _PyPrincipal_Name(members[0]));
}

bool
_PyPolicyPatch_IsOwn(uint32_t acting, uint32_t owner)
{
    if (acting == _PyPrincipal_STDLIB) {
        return owner == _PyPrincipal_APPLICATION;
    }
    return owner >= _PyPrincipal_FIRST
           && (owner == acting || is_sibling(owner, acting));
}

bool
_PyPolicyPatch_IsOwnClass(PyThreadState *tstate, uint32_t acting,
                          PyTypeObject *type)
{
    if (_PyPolicyPatch_IsOwn(acting, type->_tp_principal)) {
        return true;
    }
    PyObject *mro = _PyPolicy_HoldMRO(type);
    Py_ssize_t n = mro != NULL ? PyTuple_GET_SIZE(mro) : 0, i = 0;
    while (i < n && !_PyPolicyPatch_IsOwn(
                        acting, ((PyTypeObject *)PyTuple_GET_ITEM(mro, i))
                                    ->_tp_principal))
    {
        i++;
    }
    _PyPolicy_LetGo(mro);
    return i < n
           || _PyPolicyPatch_IsOwn(acting, Py_TYPE(type)->_tp_principal)
           || is_fresh(tstate, type);
}

PyObject *
_PyPolicyPatch_ModuleOfClass(PyTypeObject *type)
{
    PyObject *said = NULL, *dict = _PyType_GetDict(type);
    if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) && dict != NULL) {
        (void)PyDict_GetItemRef(dict, &_Py_ID(__module__), &said);
        PyErr_Clear();
    }
    return said;
}
