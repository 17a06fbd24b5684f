"""Profile › own particulars, for the branch's staff."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from pishkhan.accounts.operations import PARTICULARS, edit_particulars
from pishkhan.workshops.actors import Actor

from ..access import desk_only
from ..kept import typed_before
from ..particulars import OwnParticularsForm


@require_http_methods(["GET", "POST"])
@desk_only
def own_particulars(request: HttpRequest, actor: Actor) -> HttpResponse:
    assert actor.user
    known = {name: getattr(actor.user, name) for name in PARTICULARS}
    form = OwnParticularsForm(request.POST or None, initial=known | typed_before(request))
    if request.method == "POST" and form.is_valid():
        edit_particulars(actor.user, form.cleaned_data, by=actor.author)
        messages.success(request, "مشخصات شما ذخیره شد.")
        return redirect("own_particulars")
    context = {"actor": actor, "here": "own_particulars", "form": form}
    return render(request, "desk/own_particulars.html", context, status=422 if form.errors else 200)
