# SPDX-License-Identifier: Apache-2.0
"""Python bindings of libensure, which need only ctypes.

    import ensure
    with ensure.Session() as session:
        plan = session.plan(["alibaba/cn-hangzhou/i-bp67acfmxazb4p0001"])
        result = session.apply(plan)
"""
import ctypes
import json
import os

ABI = (0, 1)  # version of ensure/ensure.h that this file was written for
NO_DRY_RUN = 1
PROGRESS, RESULT = 1, 2

_lib = ctypes.CDLL(os.environ.get("ENSURE_LIBRARY", "libensure.so.0"))

_EventFn = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p)
_LogFn = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)


class _Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int32), ("message", ctypes.c_char * 1020)]


class _Call(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("flags", ctypes.c_uint32),
                ("timeout_ms", ctypes.c_int64), ("cancel", ctypes.c_void_p),
                ("event", _EventFn), ("event_ud", ctypes.c_void_p)]


def _declare(name, result, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, arguments
    return function


_P, _S, _E = ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(_Error)
_version = _declare("ensure_version", _S)
_abi_check = _declare("ensure_abi_check", ctypes.c_int, ctypes.c_uint32, ctypes.c_uint32)
_open = _declare("ensure_session_open", _P, _S, _LogFn, _P, _E)
_close = _declare("ensure_session_close", None, _P)
_providers = _declare("ensure_session_providers", _P, _P, _E)
_plan = _declare("ensure_plan", _P, _P, _S, ctypes.POINTER(_Call), _E)
_apply = _declare("ensure_apply", _P, _P, _S, ctypes.POINTER(_Call), _E)
_find = _declare("ensure_find", _P, _P, _S, ctypes.POINTER(_Call), _E)
_document_free = _declare("ensure_document_free", None, _P)
_cancel_new = _declare("ensure_cancel_new", _P)
_cancel_fire = _declare("ensure_cancel_fire", None, _P)
_cancel_free = _declare("ensure_cancel_free", None, _P)

if not _abi_check(*ABI):
    raise ImportError(f"libensure {_version().decode()} does not serve interface version {ABI}")


class Error(Exception):
    """A configuration or request that can't be used, or a find without an answer, in one sentence."""


def version():
    return _version().decode()


def _take(document, error):
    """Converts a document of the library to Python objects, and frees it."""
    if not document:
        raise Error(error.message.decode())
    try:
        return json.loads(ctypes.string_at(document))
    finally:
        _document_free(document)


class Cancel:
    """Cancels the calls that it is passed to; fire() may be called in another thread or an event."""

    def __init__(self):
        self.handle = _cancel_new()

    def fire(self):
        _cancel_fire(self.handle)

    def __del__(self):
        _cancel_free(self.handle)


class Session:
    """A session of libensure. ctypes releases the interpreter's lock during calls, so that other
    Python threads can run."""

    def __init__(self, config=None, log=None):
        error = _Error()
        self._log = _LogFn(lambda _, line: log(json.loads(line))) if log else _LogFn()
        text = None if config is None else json.dumps(config).encode()
        self._handle = _open(text, self._log, None, ctypes.byref(error))
        if not self._handle:
            raise Error(error.message.decode())

    def close(self):
        handle, self._handle = self._handle, None
        _close(handle)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def providers(self):
        error = _Error()
        return _take(_providers(self._handle, ctypes.byref(error)), error)

    def plan(self, what, **options):
        """What an apply of these targets, or of a fleet (a dict), would do. Options: timeout (seconds),
        dry_run (bool), cancel (a Cancel), event (called with PROGRESS or RESULT and an instance)."""
        return self._call(_plan, self._request(what), **options)

    def apply(self, what, **options):
        """Brings up targets, a fleet, or those of a plan that plan() returned. Options: as for
        plan()."""
        return self._call(_apply, self._request(what), **options)

    @staticmethod
    def _request(what):
        return what if isinstance(what, dict) else {"targets": list(what)}

    def find(self, selector, **options):
        """The instances that a selector asks for, such as {"cloud": "alibaba", "region":
        "cn-hangzhou", "status": ["stopped"], "tags": {"env": "ci"}}. Options: as for plan()."""
        return self._call(_find, selector, **options)

    def _call(self, function, request, timeout=0, dry_run=True, cancel=None, event=None):
        error = _Error()
        on_event = _EventFn(lambda _, kind, text: event(kind, json.loads(text))) if event \
            else _EventFn()
        call = _Call(ctypes.sizeof(_Call), 0 if dry_run else NO_DRY_RUN, int(timeout * 1000),
                     cancel.handle if cancel else None, on_event, None)
        return _take(function(self._handle, json.dumps(request).encode(), ctypes.byref(call),
                              ctypes.byref(error)), error)
