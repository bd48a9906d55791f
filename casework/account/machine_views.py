"""Which AI works beside me here? I read it, and say that I have; auditors see who has."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from casework.access.permissions import may_audit
from casework.account import machines
from casework.web.decorators import person, reads_and_writes


@reads_and_writes
def account_machines(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method == "POST":
        if machines.machines_read(by=user, shown=request.POST.getlist("machine")):
            request.session.pop(machines.UNREAD, None)
            messages.success(request, "It is kept that you have read this.")
        else:
            messages.error(request, "AI is at work here that was not on the page that you read: read what it is.")
        return redirect("account-machines")
    readers = tuple(machines.readers()) if may_audit(user) else ()
    return render(request, "account/machines.html", {"told": machines.told_to(user), "readers": readers})
