# One planted flaw for each rule, and what the rule leaves alone.
# ruleid: past-visible-to
Case.objects.get(pk=pk)
# ruleid: past-visible-to
Person.objects.all()
# ruleid: past-visible-to
get_object_or_404(Letter, pk=pk)
# ok: past-visible-to
Workshop.objects.filter(code=code).exists()
# ok: past-visible-to
Case.objects.visible_to(actor).get(pk=pk)
# ruleid: screen-that-writes
case.save()
# ruleid: screen-that-writes
Case.objects.create(state="draft")
# ruleid: screen-that-writes, past-visible-to
Case.objects.filter(pk=pk).update(state="draft")
# ruleid: leads-where-it-is-told
redirect(request.GET.get("next"))
# ruleid: leads-where-it-is-told
redirect(request.POST["next"])
# ok: leads-where-it-is-told
redirect("sign_in")
# ruleid: believes-the-browser
request.headers.get("X-Forwarded-For")
# ruleid: believes-the-browser
request.META["REMOTE_ADDR"]
# ruleid: opens-a-file
open(name)
# ruleid: opens-a-file
path.read_bytes()


class Everything:
    # ruleid: takes-every-field
    fields = "__all__"


# ruleid: takes-every-field
Person(**request.POST.dict())
# ok: takes-every-field
Person(**form.cleaned_data)
