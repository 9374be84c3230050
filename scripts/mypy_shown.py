"""A plugin of mypy: a text is `Shown` where it is made of literals, numbers, days and other texts that are `Shown`.

A finding takes such a message alone. What a record says is a plain `str`; `shown` and `bare` redact it. A call of
`Shown` itself is for words that are no record's.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import CallExpr, ConditionalExpr, Expression, FuncDef, ListExpr, MemberExpr, OpExpr, StrExpr, TypeInfo
from mypy.plugin import CheckerPluginInterface, FunctionSigContext, MethodContext, MethodSigContext, Plugin
from mypy.types import CallableType, FunctionLike, Instance, LiteralType, NoneType, Type, UnionType, get_proper_type

MODULE, NAME = "conflict_incidents.core.findings", "Shown"
SHOWN = f"{MODULE}.{NAME}"
PLAIN = {f"builtins.{name}" for name in ("int", "float")} | {
    f"datetime.{name}" for name in ("date", "time", "timedelta")
}
"""The types of which nothing personal is formatted."""
ELSEWHERE = ("site-packages", "/typeshed/", "/tables/", "/exchange/", "tests/")
"""Where texts are data."""


class ShownPlugin(Plugin):
    """Gives f-strings and joined texts their type, and takes a literal for a text that may be shown."""

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """What `format` and `join` return, of which mypy makes an f-string, and `+`."""
        return _MADE_BY.get(fullname)

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Where `Shown` is asked for, a literal will do."""
        return _taking_literals if fullname.startswith("conflict_incidents.") else None

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """The same for methods."""
        return _taking_literals if fullname.startswith("conflict_incidents.") else None


def _formatted(ctx: MethodContext) -> Type:
    """An f-string of one part, or a part of one; its second argument is the format."""
    return _shown_if(ctx, *(arg for args in ctx.args for arg in args))


def _joined(ctx: MethodContext) -> Type:
    """An f-string, for which mypy joins a list of its parts, or any other joined texts."""
    call, joined = ctx.context, ctx.args[0][0] if ctx.args and ctx.args[0] else None
    if not isinstance(call, CallExpr) or not isinstance(call.callee, MemberExpr) or joined is None:
        return ctx.default_return_type
    if isinstance(joined, ListExpr):
        return _shown_if(ctx, call.callee.expr, *joined.items)
    if any(part in ctx.api.path for part in ELSEWHERE):
        return ctx.default_return_type
    type = get_proper_type(ctx.api.get_expression_type(joined))  # what is asked for would make it one of `str`
    texts = isinstance(type, Instance) and bool(type.args) and _is_shown_type(type.args[0])
    return _shown_if(ctx, call.callee.expr) if texts else ctx.default_return_type


def _added(ctx: MethodContext) -> Type:
    return (
        _shown_if(ctx, ctx.context.left, ctx.context.right)
        if isinstance(ctx.context, OpExpr)
        else ctx.default_return_type
    )


_MADE_BY = {"builtins.str.format": _formatted, "builtins.str.join": _joined, "builtins.str.__add__": _added}


def _shown_if(ctx: MethodContext, *parts: Expression) -> Type:
    """`Shown`, where all parts are."""
    module = ctx.api.modules.get(MODULE) if not any(part in ctx.api.path for part in ELSEWHERE) else None
    found = module.names.get(NAME) if module and all(_is_shown(part, ctx.api) for part in parts) else None
    return Instance(found.node, []) if found and isinstance(found.node, TypeInfo) else ctx.default_return_type


def _is_shown(expression: Expression, api: CheckerPluginInterface) -> bool:
    """Whether a value may become part of a text that is shown."""
    return _is_written(expression) or _is_shown_type(api.get_expression_type(expression))


def _is_written(expression: Expression) -> bool:
    """Whether a text is written in the code as it is, perhaps as one of two."""
    match expression:
        case StrExpr():
            return True
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
        case Instance() as one:
            known = one.last_known_value is not None or one.type.fullname == SHOWN or one.type.is_enum
            return known or any(base.fullname in PLAIN for base in one.type.mro) or _shows_itself(one.type)
    return False


def _shows_itself(of: TypeInfo) -> bool:
    """Whether what a class makes of its objects as text is `Shown`."""
    own = of.get_method("__str__")
    made = (
        get_proper_type(own.type).ret_type if isinstance(own, FuncDef) and isinstance(own.type, CallableType) else None
    )
    made = get_proper_type(made)
    return isinstance(made, Instance) and made.type.fullname == SHOWN


def _taking_literals(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """The signature of a call, with `str` in place of `Shown` for what is written in it."""
    signature = ctx.default_signature
    types = [
        ctx.api.named_generic_type("builtins.str", [])
        if actuals and _asks(formal) and all(map(_is_written, actuals))
        else formal
        for formal, actuals in zip(signature.arg_types, ctx.args, strict=True)
    ]
    return signature.copy_modified(arg_types=types)


def _asks(formal: Type) -> bool:
    asked = get_proper_type(formal)
    return isinstance(asked, Instance) and asked.type.fullname == SHOWN


def plugin(_: str) -> type[Plugin]:
    """The plugin, for every version of mypy."""
    return ShownPlugin
