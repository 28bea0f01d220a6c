/* What is not judged, because nothing is gained by it?

   Ordinary programs live on these: the import system lists directories, looks
   whether files are there and unmarshals what the C loader has read, whoever
   imports; a module of the standard library reads files, the environment and
   frames while it is first loaded; its generators of classes and its loggers
   compile, execute and look at frames for whoever calls them.  None of it
   gives its caller anything that he could not have had.

   Each exemption names the frame that has to be innermost, as narrowly as it
   can: a function of the import system that anybody may call with an argument
   of his own (get_data()) is not exempt. */

#include "Python.h"
#include "pycore_policy_events.h"
#include "pycore_policy_exempt.h"
#include "pycore_policy_setup.h"
#include "pycore_principal.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <string.h>
#include <sys/socket.h>           // AF_UNIX

static bool
is(const char *event, const char *name)
{
    return event[0] == name[0] && strcmp(event, name) == 0;
}

/* What the import system does by itself: it lists the directories on the
   path, looks what is there, unmarshals what the C loader has read, executes
   it, and writes what that has compiled. */
static bool
is_import_system(PyThreadState *tstate, const char *event)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    if (is(event, "os.stat")) {
        return _PyPolicyStack_ImportSystemCalls(tstate, "_path_stat");
    }
    if (is(event, "os.listdir")) {
        return _PyPolicyStack_ImportSystem(tstate, "_fill_cache");
    }
    if (is(event, "exec")) {
        return _PyPolicyStack_ImportSystem(tstate,
                                           "_call_with_frames_removed");
    }
    if (strncmp(event, "marshal.", 8) == 0 || is(event, "compile")) {
        return thread->marshalling != NULL
               && thread->marshalling == tstate->current_frame;
    }
    return thread->caching
           && (is(event, "os.mkdir") || is(event, "os.rename")
               || is(event, "os.remove") || is(event, "open"))
           && (_PyPolicyStack_ImportSystem(tstate, "set_data")
               || _PyPolicyStack_ImportSystem(tstate, "_write_atomic"));
}

/* An AF_UNIX socket object alone reaches nobody: what connects, binds or
   sends has events of its own.  asyncio makes a pair to wake itself. */
static bool
is_harmless(const char *event, const char *format, va_list *arguments)
{
    if (!is(event, "socket.__new__") || arguments == NULL
        || format == NULL || strcmp(format, "Oiii") != 0)
    {
        return false;
    }
    va_list copy;
    va_copy(copy, *arguments);
    (void)va_arg(copy, PyObject *);
    int family = va_arg(copy, int);
    va_end(copy);
    return family == AF_UNIX;
}

/* The C loader reads modules.  What it reads elsewhere, or what is none, is
   read by whoever made it do so; by nobody, when no dependency acts. */
static bool
is_import(PyThreadState *tstate, const char *event, const char *format,
          va_list *arguments)
{
    if (!is(event, "open") || arguments == NULL || format == NULL
        || strcmp(format, "OOi") != 0
        || !_PyPolicyStack_ImportSystem(tstate, NULL))
    {
        return false;
    }
    va_list copy;
    va_copy(copy, *arguments);
    int reads = _PyPrincipal_ReadsCode(va_arg(copy, PyObject *));
    va_end(copy);
    return reads > 0
           || (reads < 0 && _PyPolicyStack_Acting(tstate).set
                            == _PyPrincipal_STDLIB);
}

bool
_PyPolicyExempt_Event(PyThreadState *tstate, const char *event,
                      const char *format, va_list *arguments)
{
    return _PyPolicySetup_IsMaking(tstate->interp)
           || is_harmless(event, format, arguments)
           || is_import_system(tstate, event)
           || is_import(tstate, event, format, arguments)
           /* Judged where it is known what is new: principal_code.c. */
           || (is(event, "code.__new__") && _PyPrincipal_IsReplace())
           /* The interpreter's own, about what was raised already. */
           || is(event, "sys.excepthook") || is(event, "sys.unraisablehook");
}

/* What a body of the standard library does while it is loaded confers
   nothing, as long as it only looks, or registers what is called later
   (threading does, to survive forks). */
static bool
only_looks(const char *event, _PyPolicyCapability capability)
{
    const _PyPolicyEvent *row;
    switch (capability) {
    case _PyPolicy_READ:
    case _PyPolicy_ENV:
    case _PyPolicy_CODE:
    case _PyPolicy_INTROSPECT:
        return true;
    case _PyPolicy_NO_CAPABILITY:
        row = event ? _PyPolicyEvents_Find(event) : NULL;
        return row != NULL && row->added;
    default:
        return event != NULL && strncmp(event, "marshal.", 8) == 0;
    }
}

bool
_PyPolicyExempt_Generator(PyThreadState *tstate, const char *event)
{
    static const char *const GENERATORS[] = {
        "/collections/__init__.py", "/dataclasses.py", "/enum.py",
        "/functools.py", "/logging/__init__.py", "/typing.py",
        "/warnings.py", NULL
    };
    return (is(event, "sys._getframe")
            || is(event, "sys._getframemodulename")
            || is(event, "object.__getattr__")
            || is(event, "compile") || is(event, "exec"))
           && _PyPolicyStack_StdlibFile(tstate, GENERATORS);
}

bool
_PyPolicyExempt_Acting(PyThreadState *tstate, const char *event,
                       _PyPolicyCapability capability,
                       const _PyPolicyActing *acting)
{
    return (acting->stdlib_body && only_looks(event, capability))
           || (event != NULL && _PyPolicyExempt_Generator(tstate, event));
}
