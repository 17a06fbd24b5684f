"""Django's own admin over the portal's rows, as one would set it up: the same columns, joined, 25 a page."""

from typing import Any

from django.contrib import admin

from pishkhan.cases.models import Case
from pishkhan.people.models import Employment


class OpenSite(admin.AdminSite):
    """Lets in everybody who is signed in; it stands in the benchmark alone."""

    def has_permission(self, request: Any) -> bool:
        return bool(request.user.is_authenticated)


class ReadOnly(admin.ModelAdmin):
    list_per_page = 25

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return True

    def has_module_permission(self, request: Any) -> bool:
        return True

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class CaseAdmin(ReadOnly):
    list_display = (
        *("service_code", "subject_name", "national_code", "tracking_code", "state", "workshop", "assignee"),
        *("submitted_at", "waiting_since"),
    )
    list_select_related = ("workshop", "assignee")
    ordering = ("-submitted_at",)
    search_fields = ("search_key", "national_code", "tracking_code")


class EmploymentAdmin(ReadOnly):
    list_display = ("person", "national_code", "job", "started_on", "ended_on", "dependents")
    list_select_related = ("person",)
    ordering = ("sort_key",)
    search_fields = ("search_key", "person__national_code")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("person__dependents__person")

    def national_code(self, employment: Employment) -> str:
        return employment.person.national_code

    def dependents(self, employment: Employment) -> str:
        return "، ".join(str(each) for each in employment.person.dependents.all())


site = OpenSite()
site.register(Case, CaseAdmin)
site.register(Employment, EmploymentAdmin)
