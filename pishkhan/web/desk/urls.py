from django.urls import path

from . import accounts, inspection_form, inspection_import, inspections, queue, review, settings

urlpatterns = [
    path("desk/", queue.dashboard, name="desk_dashboard"),
    path("desk/queue/", queue.queue, name="queue"),
    path("desk/cases/<int:pk>/", review.review, name="review"),
    path("desk/cases/<int:pk>/take/", queue.begin, name="take"),
    path("desk/cases/<int:pk>/decide/", review.decide, name="decide"),
    path("desk/cases/<int:pk>/archive/", queue.file_away, name="desk_archive"),
    path("desk/cases/<int:pk>/scans/<slug:kind>/", review.scan, name="review_scan"),
    path("desk/inspections/", inspections.inspections, name="inspections"),
    path("desk/inspections/new/", inspection_form.new, name="new_inspection"),
    path("desk/inspections/import/", inspection_import.from_excel, name="import_inspections"),
    path("desk/inspections/import/template/", inspection_import.template, name="inspection_template"),
    path("desk/inspections/<int:pk>/", inspections.show, name="desk_inspection"),
    path("desk/inspections/<int:pk>/edit/", inspection_form.edit, name="edit_inspection"),
    path("desk/inspections/<int:pk>/publish/", inspections.tell, name="publish_inspection"),
    path("desk/inspections/<int:pk>/decide/", inspections.decide, name="decide_objection"),
    path("desk/inspections/<int:pk>/scans/<int:position>/", inspections.scan, name="desk_objection_scan"),
    path("desk/accounts/", accounts.accounts, name="accounts"),
    path("desk/accounts/new/", accounts.new_account, name="new_account"),
    path("desk/accounts/workshops/<int:pk>/add/", accounts.add, name="add_account"),
    path("desk/accounts/<int:pk>/reset/", accounts.reset, name="reset_password"),
    path("desk/settings/", settings.settings_home, name="settings"),
    path("desk/settings/<slug:code>/", settings.settings_group, name="settings_group"),
]
