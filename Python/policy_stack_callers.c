/* What functions of the standard library call what anybody may have put there?

   Tables that everybody can write hold patterns that re has compiled, how
   copy copies what is of a class, and filters of logs; objects that all share,
   as the decoder of json, have methods that anybody can exchange; and what
   receives data for the application may be an object of somebody's.  These
   functions call what they find there for whoever calls them, and do nothing
   themselves that is judged.  (operator.py and functools.py have classes that
   are written in C, too, and whose objects hold what they call: in C these
   know who made them.)

   Loaders and hooks may be anybody's objects, and the import system calls what
   they say.  (Finders are asked with what is imported, which nobody but who
   imports it says.)

   linecache calls what somebody says is a loader's (and whatever stands in its
   table as found, by _imp.as_found()), and two run whatever is left in a queue
   or a registry: in those nobody known acts, but in what is deferred.

   A function that calls generators' functions of the library's has no place
   here unless such a call counts as shown (policy_stack_found.c): else nobody
   known acts where it asks for whom the generator is made.

   Code is told to be of one of them by its place, when it first matters: only
   code that the genuine loader has loaded is asked about.

   Called by: policy_stack_found.c. */

#include "Python.h"
#include "pycore_code.h"          // PyCodeObject
#include "pycore_policy_stack_found.h"
#include "pycore_policy_stack_innermost.h"
#include "pycore_principal.h"
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include <string.h>

/* A file of the standard library, and qualified names of functions in it.  No
   file: more of those in the one above. */
typedef struct {
    uint8_t len;                    /* of the file's name */
    char file[32], names[3][56];    /* arrays need no relocation at start-up */
} Callers;

#define IN(file) sizeof(file) - 1, file

static const Callers CALLERS[] = {
    {IN("/_threading_local.py"), {"_patch"}},
    {IN("/argparse.py"), {"ArgumentParser._get_value"}},
    {IN("/asyncio/base_events.py"), {"BaseEventLoop.call_exception_handler"}},
    {IN("/asyncio/selector_events.py"),
     {"_SelectorSocketTransport._read_ready__data_received",
      "_SelectorDatagramTransport._read_ready"}},
    {IN("/asyncio/sslproto.py"), {"SSLProtocol._do_read__copied"}},
    {IN("/asyncio/unix_events.py"), {"_UnixReadPipeTransport._read_ready"}},
    {IN("/codecs.py"),
     {"BufferedIncrementalDecoder.decode", "BufferedIncrementalEncoder.encode",
      "iterdecode"}},
    {IN(""), {"StreamReader.read", "StreamRecoder.__next__",
          "StreamRecoder.read"}},
    {IN(""), {"StreamRecoder.readline", "StreamRecoder.readlines",
          "StreamRecoder.write"}},
    {IN(""), {"StreamRecoder.writelines", "StreamWriter.write", "iterencode"}},
    {IN("/concurrent/futures/thread.py"), {"_worker"}},
    {IN("/configparser.py"),
     {"BasicInterpolation._interpolate_some",
      "ExtendedInterpolation._interpolate_some",
      "RawConfigParser._handle_option"}},
    {IN(""), {"RawConfigParser._unify_values", "RawConfigParser.get",
          "RawConfigParser.has_option"}},
    {IN(""), {"RawConfigParser.remove_option", "RawConfigParser.set"}},
    {IN("/contextlib.py"), {"_GeneratorContextManagerBase.__init__",
                        "_GeneratorContextManagerBase._recreate_cm"}},
    {IN(""), {"AsyncExitStack.enter_async_context",
          "_BaseExitStack.enter_context"}},
    {IN("/copy.py"), {"copy", "deepcopy", "replace"}},
    {IN("/email/message.py"),
     {"Message.__setitem__", "Message.get", "Message.get_all"}},
    {IN(""), {"Message.items", "Message.replace_header", "Message.values"}},
    {IN("/enum.py"), {"property.__delete__", "property.__get__",
                  "property.__set__"}},
    {IN("/fnmatch.py"), {"filter", "fnmatchcase"}},
    {IN("/functools.py"),
     {"cached_property.__get__", "partial.__call__",
      "partialmethod._make_unbound_method.<locals>._method"}},
    {IN(""), {"_ge_from_gt", "_ge_from_le", "_ge_from_lt"}},
    {IN(""), {"_gt_from_ge", "_gt_from_le", "_gt_from_lt"}},
    {IN(""), {"_le_from_ge", "_le_from_gt", "_le_from_lt"}},
    {IN(""), {"_lt_from_ge", "_lt_from_gt", "_lt_from_le"}},
    {IN("/hashlib.py"), {"file_digest"}},
    {IN("/json/decoder.py"), {"JSONDecoder.decode", "JSONDecoder.raw_decode"}},
    {IN("/json/encoder.py"), {"_make_iterencode.<locals>._iterencode"}},
    {IN("/linecache.py"), {"lazycache.<locals>.get_lines"}},
    {IN("/logging/__init__.py"),
     {"Filterer.filter", "Formatter.format", "Formatter.formatMessage"}},
    {IN(""), {"Handler.format", "Handler.handle", "Logger._log"}},
    {IN(""), {"Logger.callHandlers", "Logger.handle", "PercentStyle.format"}},
    {IN("/logging/handlers.py"),
     {"BaseRotatingHandler.emit", "BaseRotatingHandler.rotate",
      "BaseRotatingHandler.rotation_filename"}},
    {IN(""), {"BufferingHandler.emit", "MemoryHandler.flush",
          "QueueHandler.emit"}},
    {IN(""), {"QueueHandler.enqueue"}},
    {IN("/multiprocessing/util.py"), {"_run_finalizers"}},
    {IN("/operator.py"), {"attrgetter.__call__", "itemgetter.__call__",
                      "methodcaller.__call__"}},
    {IN("/pickle.py"), {"_Pickler.save"}},
    {IN("/re/__init__.py"), {"findall", "finditer", "fullmatch"}},
    {IN(""), {"match", "search", "split"}},
    {IN(""), {"sub", "subn"}},
    {IN("/reprlib.py"), {"Repr.repr1"}},
    {IN("/sched.py"), {"scheduler.run"}},
    {IN("/shutil.py"), {"make_archive", "unpack_archive"}},
    {IN("/_strptime.py"), {"_strptime"}},
    {IN("/types.py"),
     {"DynamicClassAttribute.__delete__", "DynamicClassAttribute.__get__",
      "DynamicClassAttribute.__set__"}},
    {IN("/typing.py"), {"_no_init_or_replace_init"}},
    {IN("/unittest/async_case.py"),
     {"IsolatedAsyncioTestCase._callMaybeAsync",
      "IsolatedAsyncioTestCase.enterAsyncContext"}},
    {IN("/unittest/case.py"),
     {"TestCase._callCleanup", "TestCase.doClassCleanups",
      "doModuleCleanups"}},
    {IN(""), {"_enter_context"}},
};

static const Callers IMPORT_SYSTEM[] = {
    {IN("importlib._bootstrap>"),
     {"_exec", "_load_backward_compatible", "_load_unlocked"}},
    {IN(""), {"module_from_spec"}},
    {IN("importlib._bootstrap_external>"), {"PathFinder._path_hooks"}},
};

static bool
is_one_of(PyCodeObject *code, const Callers *callers)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(callers->names); i++) {
        const char *name = callers->names[i];
        if (*name != '\0'
            && _PyUnicode_EqualToASCIIString(code->co_qualname, name))
        {
            return true;
        }
    }
    return false;
}

/* Does something begin where the file's name would, and as it does?  (With a
   "/", as a rule, which few have there.) */
static inline bool
may_be_of(PyCodeObject *code, const Callers *callers)
{
    PyObject *file = code->co_filename;
    Py_ssize_t at = PyUnicode_GET_LENGTH(file) - callers->len;
    return at > 0 && PyUnicode_READ_CHAR(file, at)
                     == (unsigned char)callers->file[0];
}

static bool
is_among(PyCodeObject *code, const Callers *callers, size_t n)
{
    /* The interpreter carries this one of them with it. */
    bool frozen = _PyPolicyStack_IsOfFile(code, "frozen codecs>");
    bool is_here = false;
    for (size_t i = 0; i < n; i++) {
        if (callers[i].len > 0) {
            is_here = may_be_of(code, &callers[i])
                      ? _PyPolicyStack_IsOfFile(code, callers[i].file)
                      : (frozen
                          && strcmp(callers[i].file, "/codecs.py") == 0);
        }
        if (is_here && is_one_of(code, &callers[i])) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyStack_CallsFound(PyCodeObject *code)
{
    return code->_co_principal & _PyPrincipal_IMPORT
           ? is_among(code, IMPORT_SYSTEM, Py_ARRAY_LENGTH(IMPORT_SYSTEM))
           : is_among(code, CALLERS, Py_ARRAY_LENGTH(CALLERS));
}
