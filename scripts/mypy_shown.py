"""A plugin of mypy: a text is `Shown` if it is made of literals, numbers, days and other texts that are `Shown`.

A finding takes only such a message. Text from a record is a plain `str`; `show` and `bare` redact it. A call of
`Shown` itself is for text that isn't from a record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mypy.nodes import (
    CallExpr,
    ConditionalExpr,
    Expression,
    FuncDef,
    ListExpr,
    MemberExpr,
    OpExpr,
    StrExpr,
    TupleExpr,
    TypeInfo,
)
from mypy.plugin import (
    CheckerPluginInterface,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
)
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    TypeOfAny,
    UnionType,
    get_proper_type,
)

MODULE, NAME = "conflict_incidents.core.redaction", "Shown"
SHOWN = f"{MODULE}.{NAME}"
PLAIN = {f"builtins.{name}" for name in ("int", "float")} | {
    f"datetime.{name}" for name in ("date", "time", "timedelta")
}
"""Types whose values contain nothing personal as text."""
ELSEWHERE = ("site-packages", "/typeshed/", "tests/")
"""Parts of the paths of modules that aren't checked."""


class ShownPlugin(Plugin):
    """Infers `Shown` for f-strings and joined texts, and accepts a literal where `Shown` is expected."""

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Infer what `format` and `join`, into which mypy turns an f-string, and `+` return."""
        return _MADE_BY.get(fullname)

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Accept a literal as an argument of a function where `Shown` is expected; `print` takes only `Shown`."""
        if fullname == "builtins.print":
            return _printing
        return _taking_literals if fullname.startswith("conflict_incidents.") else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Infer what `str` returns."""
        return _as_text if fullname == "builtins.str" else None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """Accept a literal as an argument of a method where `Shown` is expected."""
        return _taking_literals if fullname.startswith("conflict_incidents.") else None


def _as_text(ctx: FunctionContext) -> Type:
    return _shown_if(ctx, *(arg for args in ctx.args for arg in args))


def _printing(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """The signature of `print`, which takes what is `Shown` in our own modules."""
    signature = ctx.default_signature
    _, *others = signature.arg_types
    shown_type = _shown_type(ctx.api)
    if shown_type is None or _is_elsewhere(ctx.api) or all(_is_shown(arg, ctx.api) for arg in ctx.args[0]):
        return signature
    return signature.copy_modified(arg_types=[shown_type, *others])


def _formatted(ctx: MethodContext) -> Type:
    """An f-string of one part, or a part of one; its second argument is the format."""
    call = ctx.context
    if not isinstance(call, CallExpr) or not isinstance(call.callee, MemberExpr):
        return ctx.default_return_type
    return _shown_if(ctx, call.callee.expr, *(arg for args in ctx.args for arg in args))


def _joined(ctx: MethodContext) -> Type:
    """An f-string, for which mypy joins a list of its parts, or any other joined texts."""
    call, argument = ctx.context, ctx.args[0][0] if ctx.args and ctx.args[0] else None
    if not isinstance(call, CallExpr) or not isinstance(call.callee, MemberExpr) or argument is None:
        return ctx.default_return_type
    if isinstance(argument, ListExpr):
        return _shown_if(ctx, call.callee.expr, *argument.items)
    if _is_elsewhere(ctx.api):
        return ctx.default_return_type
    type = get_proper_type(ctx.api.get_expression_type(argument))  # what is asked for would make it one of `str`
    texts = isinstance(type, Instance) and bool(type.args) and _is_shown_type(type.args[0])
    return _shown_if(ctx, call.callee.expr) if texts else ctx.default_return_type


def _added(ctx: MethodContext) -> Type:
    return (
        _shown_if(ctx, ctx.context.left, ctx.context.right)
        if isinstance(ctx.context, OpExpr)
        else ctx.default_return_type
    )


_MADE_BY = {"builtins.str.format": _formatted, "builtins.str.join": _joined, "builtins.str.__add__": _added}


def _shown_if(ctx: MethodContext | FunctionContext, *parts: Expression) -> Type:
    """`Shown`, where all parts are."""
    all_shown = not _is_elsewhere(ctx.api) and all(_is_shown(part, ctx.api) for part in parts)
    return (all_shown and _shown_type(ctx.api)) or ctx.default_return_type


def _is_elsewhere(api: CheckerPluginInterface) -> bool:
    return any(part in api.path for part in ELSEWHERE)


def _shown_type(api: CheckerPluginInterface) -> Instance | None:
    module = api.modules.get(MODULE)
    node = module.names.get(NAME) if module else None
    return Instance(node.node, []) if node and isinstance(node.node, TypeInfo) else None


def _is_shown(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether a value may become part of a text that is shown."""
    return _is_written(expression) or _is_shown_type(api.get_expression_type(expression))


def _is_written(expression: Expression) -> bool:
    """Whether a text, or a row or list of texts, is written in the code as it is, perhaps as one of two."""
    match expression:
        case StrExpr():
            return True
        case ListExpr() | TupleExpr():
            return all(map(_is_written, expression.items))
        case ConditionalExpr():
            return _is_written(expression.if_expr) and _is_written(expression.else_expr)
        case OpExpr(op="+"):
            return _is_written(expression.left) and _is_written(expression.right)
    return False


def _is_shown_type(of: Type) -> bool:
    match get_proper_type(of):
        case UnionType() as either:
            return all(map(_is_shown_type, either.items))
        case LiteralType() | NoneType():
            return True
        case TupleType() as row:
            return _shows_itself(row.partial_fallback.type)
        case Instance() as one:
            is_shown = one.last_known_value is not None or one.type.fullname == SHOWN or one.type.is_enum
            return (
                is_shown
                or any(base.fullname in PLAIN for base in one.type.mro)
                or _shows_itself(one.type)
                or _is_ours(one.type)
            )
    return False


def _shows_itself(of: TypeInfo) -> bool:
    """Whether what a class makes of its objects as text is `Shown`."""
    own = of.get_method("__str__")
    return_type = (
        get_proper_type(own.type).ret_type if isinstance(own, FuncDef) and isinstance(own.type, CallableType) else None
    )
    return_type = get_proper_type(return_type)
    return isinstance(return_type, Instance) and return_type.type.fullname == SHOWN


def _taking_literals(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """The signature of a call that takes what is written in it in place of `Shown`."""
    signature = _of_exception(ctx.default_signature, ctx.api)
    types = [
        _written_type(actuals, ctx.api) if actuals and _asks(formal) and all(map(_is_written, actuals)) else formal
        for formal, actuals in zip(signature.arg_types, ctx.args, strict=True)
    ]
    return signature.copy_modified(arg_types=types)


def _of_exception(signature: CallableType, api: CheckerPluginInterface) -> CallableType:
    """The signature of a class: an error of ours without a constructor takes a message that is `Shown`."""
    error, shown_type = get_proper_type(signature.ret_type), _shown_type(api)
    if not isinstance(error, Instance) or not _is_ours(error.type) or shown_type is None or _is_elsewhere(api):
        return signature
    types = [get_proper_type(one) for one in signature.arg_types]
    plain = [isinstance(one, Instance) and one.type.fullname == "builtins.object" for one in types]
    return signature.copy_modified(
        arg_types=[shown_type if is_plain else one for is_plain, one in zip(plain, signature.arg_types, strict=True)]
    )


def _is_ours(of: TypeInfo) -> bool:
    """Whether a class is an error with a message of ours."""
    return of.fullname.startswith("conflict_incidents.") and any(
        base.fullname == "builtins.BaseException" for base in of.mro
    )


def _written_type(actuals: Sequence[Expression], api: CheckerPluginInterface) -> Type:
    if any(isinstance(actual, ListExpr | TupleExpr) for actual in actuals):
        return AnyType(TypeOfAny.special_form)
    return api.named_generic_type("builtins.str", [])


def _asks(formal: Type) -> bool:
    """Whether a parameter is a text that is shown, or a row or list of them."""
    match get_proper_type(formal):
        case Instance() as asked:
            return asked.type.fullname == SHOWN or any(map(_asks, asked.args))
        case TupleType() as row:
            return any(map(_asks, row.items))
        case UnionType() as either:
            return any(map(_asks, either.items))
    return False


def plugin(_: str) -> type[Plugin]:
    """Return the plugin, the same for every version of mypy."""
    return ShownPlugin
